"""Suites: files of tasks that others wrote (HumanEval, MBPP and their like), and files of completions for them."""
