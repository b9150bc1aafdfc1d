"""Confinement: levels established by attack, processes that are forked for one job each, and the channel to them."""
