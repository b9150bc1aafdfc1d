"""What written traces add to the JSON document."""

from kgents.kinds.fields import Fields, anything, estimate, many, maybe, number, record, table, text, whole

CORES = many(
    "the traces in which something could be checked or was found wrong",
    record(
        "a trace",
        {
            "trace": text("its name"),
            "problem": text("what was asked"),
            "verdict": text("coherent, incoherent, or unchecked"),
            "core": many(
                "the least lines that cannot all be true",
                record("a line", {"line": whole("its number, from 1"), "text": text("the line")}),
            ),
            "checked": whole("claims that were checked"),
            "equalities": whole("lines with an equals sign"),
            "covered": whole("… in which something was checked"),
        },
        optional=("problem", "checked", "equalities", "covered"),
    ),
)
FIELDS = Fields(
    config={
        "traces": many("the traces", anything("a trace: its name and its text")),
        "judge": anything("the model that judges as well, and how often it is asked; null where none does"),
        "stories": many(
            "stories with and without a planted contradiction, which measure the judge", anything("a story")
        ),
        "timeout": number("seconds of one question"),
    },
    evidence={
        "laws": many(
            "coherence",
            record(
                "the law",
                {
                    "law": text("coherence"),
                    "verdict": maybe(text("what it came to")),
                    "cases": whole("traces that could be checked"),
                    "incoherence_rate": maybe(estimate("of those that could be checked")),
                    "coverage": table("how much could be checked", whole("a count")),
                },
            ),
        ),
        "cores": CORES,
        "judge": record(
            "the judge, measured by stories whose truth is known",
            {
                "judged": whole("traces that it judged"),
                "flagged": whole("… and called incoherent"),
                "sensitivity": estimate("planted contradictions that it saw"),
                "specificity": estimate("sound stories that it let pass"),
                "incoherence_rate": maybe(estimate("corrected for both")),
            },
        ),
    },
)
