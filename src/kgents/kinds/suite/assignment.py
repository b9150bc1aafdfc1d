"""Which task a trial of a suite is about: the arm's own, one drawn at random, or the next of a random order.

Coders that are compared have the same task in trial i. It is drawn for every i anew, whatever was drawn before: so pairs are
independent draws from the suite, and what holds for the pairs of one spec holds for the suite, however many tasks it has. In
records of before tasks were drawn the suite is gone through in turns, each in a random order.
"""

from random import Random

from kgents.domain.ports import Slot

TASKS, DRAWN, PAIRED, DRAWN_PAIRS, SAMPLES = "task", "suite", "paired", "drawn pairs", "samples"
BY_CODER = (PAIRED, DRAWN_PAIRS)  # an arm is a coder


def place_of(way: str, slot: Slot, tasks: int, order: int) -> tuple[int, int]:
    """(the task of a trial, how often it was asked before): drawn, in turn, or the arm's own."""
    if way == DRAWN:
        return Random(slot.seed).randrange(tasks), slot.index
    if way == DRAWN_PAIRS:
        return Random(f"{order}:pair:{slot.index}").randrange(tasks), slot.index
    if way == PAIRED:
        turn, task = divmod(slot.index, tasks)
        return Random(f"{order}:{turn}").sample(range(tasks), tasks)[task], turn
    return slot.arm, slot.index
