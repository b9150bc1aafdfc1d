"""What laws of drawn values add to the JSON document."""

from kgents.kinds.fields import Fields, many, maybe, record, text, whole
from kgents.kinds.laws.fields import CONFIG

FIELDS = Fields(
    config=CONFIG,
    evidence={
        "laws": many(
            "the law",
            record(
                "the law",
                {
                    "law": text("its name"),
                    "verdict": maybe(text("holds, violated, or not decided")),
                    "cases": whole("cases that were drawn"),
                    "held": whole("… in which it held"),
                },
            ),
        )
    },
)
