"""kgents: decisions about stochastic programs, with stated error rates, from the fewest trials."""

__version__ = "0.1.0"
