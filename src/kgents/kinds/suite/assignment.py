"""Which task a trial of a suite is about: the arm's own, one drawn at random, or the next of a random order."""

from random import Random

from kgents.domain.ports import Slot

TASKS, DRAWN, PAIRED, SAMPLES = "task", "suite", "paired", "samples"


def place_of(way: str, slot: Slot, tasks: int, order: int) -> tuple[int, int]:
    """(the task of a trial, how often it was asked before): drawn, in turn, or the arm's own."""
    if way == DRAWN:
        return Random(slot.seed).randrange(tasks), slot.index
    if way == PAIRED:
        turn, place = divmod(slot.index, tasks)
        return Random(f"{order}:{turn}").sample(range(tasks), tasks)[place], turn
    return slot.arm, slot.index
