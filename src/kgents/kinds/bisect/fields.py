"""What the search for a commit adds to the JSON document."""

from kgents.kinds.fields import Fields, many, maybe, number, record, share, text, whole

FIELDS = Fields(
    config={
        "argv": many("the command", text("a word")),
        "cwd": text("the repository"),
        "good": text("the commit that passes more often"),
        "bad": text("the commit that passes less often"),
        "commits": many("the commits between, oldest first", text("SHA-1")),
        "subjects": many("their subjects", text("a line")),
        "build": maybe(text("the command that builds one")),
        "runner": maybe(text("the test runner whose exit statuses are known")),
        "error_codes": many("exit statuses that say nothing", whole("a status")),
        "timeout": number("seconds a trial may take"),
    },
    evidence={
        "bisect": record(
            "where the rate fell",
            {
                "first_bad": maybe(
                    many("the first commit with the lower rate, or a few that cannot be told apart", text("a commit"))
                ),
                "rates": maybe(many("the rates before and after", number("a rate"))),
                "commits": many(
                    "the commits that were tried, oldest first",
                    record(
                        "a commit",
                        {
                            "commit": text("its short name"),
                            "subject": text("its subject"),
                            "trials": whole("trials"),
                            "successes": whole("… that succeeded"),
                            "probability": maybe(share("that the rate fell here; null of the first")),
                        },
                    ),
                ),
            },
        )
    },
)
