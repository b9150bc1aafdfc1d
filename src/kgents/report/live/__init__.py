"""What a person sees while a run goes on: a picture on a terminal, lines in a log. Both are drawn from one board."""
