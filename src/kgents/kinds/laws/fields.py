"""What laws of objects add to the JSON document."""

from kgents.kinds.fields import Fields, anything, flag, many, maybe, record, table, text, whole

CONFIG = {
    "object": text("what was examined"),
    "path": many("folders that it is imported from", text("a folder")),
    "readable": many("folders that the examination may read", text("a folder")),
    "laws": many("the laws", text("a law")),
    "spec": table("how values are composed, drawn and compared, as it was asked", anything("an expression")),
    "cases": whole("cases a law is tried on"),
    "limits": table("limits of the process that examines", whole("a limit")),
    "timeout": anything("seconds that a law may take"),
    "allow_weak_sandbox": flag("whether less confinement than asked for is accepted"),
}
FIELDS = Fields(
    config=CONFIG,
    evidence={
        "family": table("what was taken for the composition and for being the same", text("in words")),
        "laws": many(
            "the laws",
            record(
                "a law",
                {
                    "law": text("its name"),
                    "verdict": text("holds as far as it was tried, refuted, or why nothing can be said"),
                    "detail": text("in words"),
                    "cases": whole("cases that were tried"),
                    "counterexample": maybe(
                        record(
                            "where it is broken",
                            {
                                "inputs": table(
                                    "the smallest values found, by the name in the law", text("an expression")
                                ),
                                "left": text("what the left side came to"),
                                "right": text("what the right side came to"),
                                "code": text("a program that shows it"),
                            },
                        )
                    ),
                    "power": maybe(
                        record(
                            "whether the examination would have seen a broken law",
                            {
                                "planted": whole("corrupted compositions that were tried"),
                                "caught": whole("… that were seen"),
                            },
                        )
                    ),
                    "tried": many("what the target tried and could not do", text("in words")),
                },
                optional=("tried",),
            ),
        ),
    },
)
