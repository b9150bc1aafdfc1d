"""What runs of commands add to the JSON document."""

from kgents.kinds.fields import Fields, anything, many, maybe, number, record, text, whole

FIELDS = Fields(
    config={
        "programs": many(
            "the commands, one an arm",
            record("a command", {"name": text("the arm"), "argv": many("its words", text("a word"))}),
        ),
        "cwd": text("the folder in which it runs"),
        "timeout": number("seconds a trial may take"),
        "under": number("seconds above which a trial fails"),
        "success_codes": many("exit statuses that are successes", whole("a status")),
        "error_codes": many("exit statuses that say nothing", whole("a status")),
        "runner": maybe(text("the test runner whose exit statuses are known")),
        "score": anything("where the score is read from, and what it can be"),
    },
)
