"""The nouns of the project: outcomes, plans, facts, marks, experiments, and the ports to the world.

Rule: nothing here reads a clock, a file, the environment or chance; all of it is a value.
"""
