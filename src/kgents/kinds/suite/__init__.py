"""Suites of tasks: sampled, counted by task, compared in pairs."""
