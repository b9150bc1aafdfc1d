"""What suites that are run again and again add to the JSON document."""

from kgents.kinds.fields import Fields, either, flag, interval, many, maybe, number, record, share, text, whole

WORDS = ("better", "worse", "same")
NAMES = many("names of tests", text("a test"))
FAILURE = maybe(
    record(
        "its first failure; null where it did not fail, or in the run that found the tests alone",
        {
            "run": whole("the run, from 0"),
            "cause": maybe(text("why")),
            "error": maybe(text("one line")),
            "text": maybe(text("what was printed")),
        },
    )
)
SIDE = record(
    "a test at one of the commits",
    {
        "runs": whole("runs that count"),
        "failures": whole("… in which it failed"),
        "success_rate": maybe(share("the rest; null before the first")),
        "credible_interval": interval("of its rate of passing"),
        "first_failure": FAILURE,
    },
)
CHANGED = record(
    "a test",
    {
        "name": text("its node id"),
        "change": maybe(text("whether it passes more often at the second commit; null while it is open", WORDS)),
        "runs_that_differ": maybe(
            record(
                "runs in which it passed at one of the commits only; null while it is open",
                {"passed_at_first": whole("at the first"), "passed_at_second": whole("at the second")},
            )
        ),
        "first": SIDE,
        "second": SIDE,
    },
)
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
        "at": many("the commits as they were asked for", text("a revision")),
        "commits": many("their SHA-1", text("a commit")),
        "build": maybe(text("the command that makes a worktree ready")),
    },
    evidence={
        "flaky": many("tests that sometimes fail", text("a test")),
        "failing": many("tests that failed whenever they ran", text("a test")),
        "tests": either(
            "every test that failed, the flaky ones first; of two commits the number of tests",
            whole("how many"),
            many(
                "tests",
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
                        "first_failure": FAILURE,
                    },
                ),
            ),
        ),
        "commits": record(
            "of a run at two commits: these, as they were asked for",
            {"first": text("one"), "second": text("the other")},
        ),
        "changes": many("of a run at two commits: every test that failed at either", CHANGED),
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
