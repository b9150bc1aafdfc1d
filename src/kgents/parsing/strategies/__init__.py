"""The strategies, each module a few; `kgents.parsing.strategy` finds them by name."""
