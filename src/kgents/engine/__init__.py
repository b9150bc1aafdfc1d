"""The loop of an experiment as a state machine: marks in, commands out."""
