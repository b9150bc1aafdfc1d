"""What Python functions add to the JSON document."""

from kgents.kinds.fields import Fields, flag, many, maybe, number, record, text

FIELDS = Fields(
    config={
        "arms": many(
            "the functions, one an arm",
            record(
                "a function",
                {
                    "name": text("the arm"),
                    "function": text("module:name"),
                    "digest": maybe(text("SHA-256 of its source; null where there is none")),
                },
                optional=("digest",),
            ),
        ),
        "timeout": maybe(number("seconds a trial may take")),
        "error_types": many("exceptions that mean that the world failed", text("a type")),
        "score": many("the range of scores, where the mean is asked about", text("an end")),
        "isolate": flag("whether trials run in processes of their own"),
    },
)
