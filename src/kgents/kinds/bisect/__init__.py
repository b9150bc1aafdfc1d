"""Commits of a repository, and the first at which a command passes less often."""
