"""Parsing of malformed model output: `loads`, and what measures parsers: corpora, mutators, strategies, the oracle.

    from kgents.parsing import loads
    loads('Sure: {"a": 1,}').value    # {'a': 1}

Rule: what a parser should have returned is never in the process that runs the parser.
"""

from kgents.parsing.loading import lazy_validation, loads
from kgents.parsing.parsed import Parsed, Problem, Rejected
from kgents.parsing.streaming import Partial

__all__ = ["Parsed", "Partial", "Problem", "Rejected", "lazy_validation", "loads"]
