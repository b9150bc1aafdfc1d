"""What suites that are run again and again add to the JSON document."""

from kgents.kinds.fields import Fields, flag, interval, many, maybe, number, record, share, text, whole

NAMES = many("names of tests", text("a test"))
FIELDS = Fields(
    config={
        "argv": many("the command", text("a word")),
        "cwd": text("the folder in which it runs"),
        "timeout": number("seconds of a run"),
        "shuffled": flag("whether the order of tests is shuffled"),
        "junit": maybe(text("the file of results of another runner; null for pytest")),
        "failed": NAMES,
        "passed_again": NAMES,
        "skipped": NAMES,
    },
    evidence={
        "flaky": many("tests that sometimes fail", text("a test")),
        "failing": many("tests that failed whenever they ran", text("a test")),
        "tests": many(
            "every test that failed, the flaky ones first",
            record(
                "a test",
                {
                    "name": text("its node id"),
                    "flaky": flag("whether it passed as well"),
                    "runs": whole("runs that count"),
                    "failures": whole("… in which it failed"),
                    "success_rate": share("the rest"),
                    "interval": interval("of its rate", "each_side"),
                    "verdict": maybe(text("against the target")),
                    "order": maybe(
                        record(
                            "the test whose place explains every outcome",
                            {
                                "test": text("its node id"),
                                "fails": text("when", ("after it", "before it")),
                                "runs": whole("runs that agree"),
                            },
                        )
                    ),
                    "first_failure": maybe(
                        record(
                            "its first failure; null where it failed in the run that found the tests alone",
                            {
                                "run": whole("the run, from 0"),
                                "cause": maybe(text("why")),
                                "error": maybe(text("one line")),
                                "text": maybe(text("what was printed")),
                            },
                        )
                    ),
                },
            ),
        ),
        "clean": record(
            "tests that never failed",
            {
                "tests": whole("how many"),
                "runs": whole("runs of the one that ran least"),
                "failure_rate_below": maybe(share("what they fail at most")),
            },
        ),
        "vanished": many("tests that never ran again", text("a test")),
        "first_run": record(
            "the first run, which found the tests, and those of its failures that passed when they were run again",
            {"failed": NAMES, "passed_again": NAMES, "skipped": NAMES},
        ),
    },
)
