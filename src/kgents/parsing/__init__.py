"""Parsing of malformed model output: corpora, mutators, strategies, the oracle, isolation, shrinking.

Rule: what a parser should have returned is never in the process that runs the parser.
"""
