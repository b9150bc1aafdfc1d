"""What suites of tasks add to the JSON document."""

from kgents.kinds.fields import Fields, anything, flag, interval, many, maybe, number, record, share, table, text, whole
from kgents.kinds.generate.fields import CODERS

HALVE = record(
    "what would halve the width of the interval",
    {
        "samples_factor": maybe(number("so many times the samples of each task; null where no number does")),
        "tasks": maybe(whole("or so many tasks")),
        "within_share": maybe(share("the share of the variance that is within tasks")),
    },
)
FIELDS = Fields(
    config={
        "coders": CODERS,
        "suite": text("the suite"),
        "suite_digest": text("SHA-256 of its tasks"),
        "tasks": many("its tasks, with their oracles", anything("a task")),
        "k": many("the k of pass@k", whole("a k")),
        "way": text("how trials are dealt to tasks: each for itself, drawn, paired in turns, or drawn for each pair"),
        "order": anything("the seed of the order of tasks"),
        "samples": anything("the file of completions that are judged; null where a model is asked"),
        "raw": flag("whether completions are taken as they are"),
        "left_out": whole("tasks of the suite without a sample"),
        "sandbox": anything("the sandbox that was asked for; null: the strongest there is"),
        "allow_weak_sandbox": flag("whether less confinement than asked for is accepted"),
        "timeout": number("seconds of one question and its judgement"),
    },
    evidence={
        "suite": record(
            "which suite",
            {
                "suite": text("its name"),
                "suite_digest": text("SHA-256 of its tasks"),
                "left_out": whole("tasks without a sample; the totals say nothing of them"),
            },
            optional=("left_out",),
        ),
        "pass_at_k": table(
            "by k: the probability that one of k answers is right, over the suite",
            maybe(
                record(
                    "the total; null where it cannot be told",
                    {
                        "mean": number("the estimate, unbiased under the design"),
                        "interval": interval("over tasks and samples together"),
                        "tasks": whole("tasks that it is of"),
                        "left_out": whole("tasks with too few trials for it"),
                        "to_halve": HALVE,
                    },
                )
            ),
        ),
        "tasks": many(
            "the tasks",
            record(
                "a task",
                {
                    "id": text("its name in the suite"),
                    "oracle": text("how it is judged"),
                    "inside": flag("whether its tests run in the candidate's process"),
                    "trials": whole("trials that count"),
                    "successes": whole("… that were right"),
                    "pass_at_k": table(
                        "by k: the estimate of this task", maybe(number("null where it cannot be told"))
                    ),
                },
            ),
        ),
        "differences": many(
            "of a comparison: every two coders, task by task",
            record(
                "the difference of two coders",
                {
                    "a": text("one coder"),
                    "b": text("the other"),
                    "k": whole("1: of first answers"),
                    "tasks": whole("tasks that both answered"),
                    "difference": number("pass@1 of a minus that of b"),
                    "interval": interval("of the difference"),
                    "interval_pairs": whole("first answers that the interval is of"),
                    "interval_clusters": whole(
                        "clusters that they come from, where tasks of the suite come in clusters"
                    ),
                    "time_uniform": flag("whether it is valid at every moment"),
                    "a_better": whole("tasks in which a did better"),
                    "b_better": whole("tasks in which b did better"),
                    "p_value": maybe(number("of no difference")),
                    "verdict": maybe(text("the better one, or that none can be told")),
                    "to_halve": HALVE,
                },
                optional=("interval_pairs", "interval_clusters", "time_uniform", "p_value", "to_halve"),
            ),
        ),
    },
)
