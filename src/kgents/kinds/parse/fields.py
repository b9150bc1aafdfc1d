"""What parsers add to the JSON document."""

from kgents.kinds.fields import (
    Fields,
    Schema,
    anything,
    flag,
    interval,
    many,
    maybe,
    number,
    record,
    share,
    table,
    text,
    whole,
)

OUTCOMES: dict[str, Schema] = {
    "recovered": whole("the value that was meant"),
    "partial": whole("a part of it, and no wrong value"),
    "corrupted": whole("another value, without saying so"),
    "rejected": whole("an error"),
    "crashed": whole("the process died"),
    "hung": whole("the time-out"),
}
RATE = record(
    "a rate",
    {
        "estimate": maybe(share("null where nothing was counted")),
        "low": share("lower end"),
        "high": share("upper end"),
        "level": share("the probability that both cover it"),
    },
)
ROW = record("outcomes and rates", {**OUTCOMES, "recovery_rate": RATE, "corruption_rate": RATE})
FIRST = anything("the first of them; null where there is none")
WINS: dict[str, Schema] = {
    "a_wins": whole("inputs on which a did better"),
    "b_wins": whole("inputs on which b did better"),
    "p_value": number("of no difference"),
    "p_adjusted": number("… adjusted for all that is compared (Holm)"),
    "better": maybe(text("who won more; null: neither")),
    "verdict": maybe(text("who is better; null where that cannot be told")),
}
EXAMPLE = record(
    "an input that went wrong",
    {
        "class": text("the class of its damage"),
        "mutators": many("the kinds of damage", text("a mutator")),
        "outcome": text("what came of it"),
        "kind": text("how the value differs"),
        "trial": whole("the trial"),
        "level": text(
            "what is known about the right answer", ("exact", "valid", "prefix", "hole", "ambiguous", "noise", "none")
        ),
        "input": maybe(text("what the parser was given")),
        "expected": maybe(text("the value that was meant")),
        "got": maybe(text("what it said")),
        "shrunk": maybe(text("the smallest input that was found to go wrong alike")),
        "shrunk_expected": maybe(text("what is meant by that")),
        "shrunk_got": maybe(text("what it said to that")),
    },
)
STRATEGY = record(
    "a parser",
    {
        "name": text("its name"),
        "trials": whole("inputs"),
        "outcomes": record("what came of them", OUTCOMES),
        "detail": table("… in finer classes, those that occurred", whole("inputs")),
        "recovery_rate": RATE,
        "corruption_rate": RATE,
        "by_class": table("by class of damage", ROW),
        "by_severity": table("by number of damages", ROW),
        "kinds": table("how wrong values differ", whole("inputs")),
        "macro_average": record(
            "rates averaged over classes by their weights",
            {
                "recovery": maybe(share("of recovery")),
                "corruption": maybe(share("of corruption")),
                "recovery_interval": interval("of the first"),
                "corruption_interval": interval("of the second"),
            },
        ),
        "worst_mutators": many("(mutator, outcome, inputs), the worst first", anything("a mutator")),
        "documents_redrawn": whole("documents that no damage applied to and that were drawn again"),
        "credit_of_cut_texts": maybe(share("how much of texts that were cut was recovered, on average")),
        "microseconds_per_input": maybe(number("CPU time of a call")),
        "verdicts": table("of recovery and of corruption, where they are decided", maybe(text("a verdict"))),
        "controls": maybe(
            anything("texts without damage, and changes that must not matter; null where there are none")
        ),
        "examples": many("inputs that went wrong, the worst first", EXAMPLE),
        "faults": many("what makes it unfit", text("in words")),
    },
)
FIELDS = Fields(
    config={
        "strategies": many("the parsers, one an arm", anything("a parser")),
        "corpus": text("where texts come from"),
        "documents": maybe(many("texts of one's own", anything("a text"))),
        "generated": flag("whether texts are generated"),
        "language": text("the language of the texts"),
        "mutators": many("kinds of damage", text("a mutator")),
        "inapplicable": many("kinds of damage that cannot occur here", text("a mutator")),
        "weights": table("how often each class of damage is drawn", whole("a weight")),
        "severities": many("numbers of damages", whole("a number")),
        "schema": anything("the schema of the value; null: none"),
        "controls": whole("texts without damage"),
        "examples": whole("examples that are kept and shrunk"),
        "max_corruption": maybe(share("the corruption that is still accepted")),
        "recommend": flag("whether a parser is recommended"),
        "memory_mb": whole("memory of the process of a parser"),
        "seconds": number("seconds of one call"),
        "timeout": number("seconds of a trial"),
        "compare": flag("whether the parsers are compared by pairs"),
    },
    evidence={
        "strategies": many("the parsers", STRATEGY),
        "weights": table("how often each class of damage is drawn", whole("a weight")),
        "severities": many("numbers of damages", whole("a number")),
        "not_applicable": many("kinds of damage that cannot occur here", text("a mutator")),
        "comparisons": many(
            "every two parsers on the same inputs",
            record(
                "two parsers",
                {
                    "a": text("one parser"),
                    "b": text("the other"),
                    "pairs": whole("inputs that both were given"),
                    "recovery": record(
                        "who recovers more", {**WINS, "by_class": table("by class", record("a class", WINS))}
                    ),
                    "corruption": record(
                        "who corrupts less", {**WINS, "by_class": table("by class", record("a class", WINS))}
                    ),
                    "sentence": text("in words"),
                },
            ),
        ),
        "recommendation": anything("the parser that recovers most among those that corrupt little enough"),
    },
)
