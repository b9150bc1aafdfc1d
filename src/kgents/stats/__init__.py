"""Exact statistics of Bernoulli trials on the (n, s) lattice: numbers in, numbers out.

Rule: nothing here knows what a trial is, and nothing is approximated or simulated.
"""

from kgents.stats.boundary import Boundary, Side
from kgents.stats.design import Design, Prior, Rule, boundary

__all__ = ["Boundary", "Design", "Prior", "Rule", "Side", "boundary"]
