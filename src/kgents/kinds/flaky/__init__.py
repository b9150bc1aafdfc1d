"""The tests of a suite, run again and again."""
