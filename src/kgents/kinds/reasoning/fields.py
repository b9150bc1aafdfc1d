"""What laws of a model's reasoning add to the JSON document."""

from kgents.kinds.fields import Fields, anything, estimate, flag, many, maybe, number, record, table, text, whole
from kgents.kinds.traces.fields import CORES

SIDES = {"plain": number("of the plain question"), "transformed": number("of the transformed one")}
FIELDS = Fields(
    config={
        "problems": many("the problems", anything("a problem: its text and, where they are given, its steps")),
        "laws": many("the laws", text("a law")),
        "answer": text("the form of an answer"),
        "coder": anything("the model that is asked"),
        "epsilon": text("a drop in agreement below it is none"),
        "draw": flag("whether problems are drawn at random"),
        "timeout": number("seconds of one question"),
    },
    evidence={
        "laws": many(
            "the laws",
            record(
                "a law",
                {
                    "law": text("its name"),
                    "tier": text("what it changes: the format, an effect, the boundaries between calls"),
                    "verdict": maybe(text("holds, violated, measurable, or not decided")),
                    "e_value": number("the evidence against it"),
                    "agreement_drop": maybe(
                        estimate("how much less the answers agree across the change than within it")
                    ),
                    "excess_disagreement": maybe(estimate("how much the answers differ by more than chance does")),
                    "self_agreement": maybe(record("how often two answers to one question agree", SIDES)),
                    "blocks": whole("blocks of answers"),
                    "unextracted": record("answers that had none that could be read", SIDES),
                    "extraction_failure_rate": record("… as a share", SIDES),
                    "extraction": maybe(
                        record(
                            "whether the change itself makes answers unreadable",
                            {"differs": flag("whether it does"), "e_value": number("the evidence for it")},
                        )
                    ),
                    "answers": record(
                        "of one problem: what was answered, how often",
                        {
                            "plain": table("plain", whole("times")),
                            "transformed": table("transformed", whole("times")),
                        },
                    ),
                    "incoherence_rate": maybe(estimate("of coherence: traces that contradict themselves")),
                    "coverage": table("of coherence: what could be checked", whole("a count")),
                },
                optional=(
                    "tier",
                    "e_value",
                    "agreement_drop",
                    "excess_disagreement",
                    "self_agreement",
                    "blocks",
                    "unextracted",
                    "extraction_failure_rate",
                    "extraction",
                    "answers",
                    "incoherence_rate",
                    "coverage",
                ),
            ),
        ),
        "cores": CORES,
    },
)
