"""Does a class keep the laws that its users rely on? A law that is broken comes with a counterexample that runs."""

import kgents as kg


class Interval:
    """The hull of two intervals, with a mistake: it looks at one end only."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval) and (self.low, self.high) == (other.low, other.high)

    def __hash__(self) -> int:
        return hash((self.low, self.high))

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.high})"

    def hull(self, other: "Interval") -> "Interval":
        return Interval(min(self.low, other.low), other.high)


if __name__ == "__main__":
    result = kg.laws(Interval, compose="hull", laws=["associativity", "commutativity"], cases=200, seed=1)
    print(result.sentence)
    for law in result.evidence["laws"]:
        print(law["law"], "·", law["verdict"])
