"""The mutators, one module per class (and one for code). `kgents.parsing.mutator.mutators` gathers them."""
