"""Writes VERSION.kinds.db.gz: an experiment of each kind, one complete and one that stopped early.

Run once per released version, by an interpreter into which kgents is installed as a wheel would be (paths that are
recorded are then those of the installation); never change a stored file later. `make_kinds.py FILE`.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = "def add(a, b):\n    return a + b\n"
TASKS = [
    {"task_id": f"T/{n}", "prompt": f"def f{n}(a):\n    '''a + {n}'''\n", "entry_point": f"f{n}",
     "canonical_solution": f"    return a + {n}\n",
     "test": f"def check(f):\n    assert f(1) == {n + 1}\n    assert f(5) == {n + 5}\n"}
    for n in (1, 2, 3)
]  # fmt: skip
TRACES = [{"trace": "17 + 25 = 42. 42 * 2 = 84."}, {"trace": "3 + 4 = 8. 8 - 1 = 7."}, {"trace": "We think so."}]
SLOW, MODEL = "simulated:0.8,latency=0.15", "simulated:0.8"
STOP = ("--budget-seconds", "0.3")
PLANS: dict[str, tuple[str, ...]] = {
    "command": ("run", "--n", "6", "test $((KGENTS_TRIAL % 3)) -ne 2"),
    "command-open": ("run", "--n", "12", *STOP, "sleep 0.1; test $((KGENTS_TRIAL % 3)) -ne 2"),
    "command-adaptive": ("run", "--adaptive", "--target", "0.9", "false"),
    "generate": ("generate", "--spec", SPEC, "--model", MODEL, "--adaptive"),
    "generate-open": ("generate", "--spec", SPEC, "--model", SLOW, "--n", "16", "--concurrency", "2", *STOP),
    "suite": ("generate", "--suite", "suite.jsonl", "--model", MODEL, "--n", "3", "--k", "1,2"),
    "suite-open": ("generate", "--suite", "suite.jsonl", "--model", SLOW, "--n", "6", "--concurrency", "2", *STOP),
    "suite-drawn": ("generate", "--suite", "suite.jsonl", "--model", MODEL, "--adaptive", "--decide", "suite"),
    "compare": ("compare", "--max-trials", "40", "true", "test $((KGENTS_TRIAL % 2)) -eq 0"),
    "compare-open": ("compare", "--max-trials", "40", *STOP, "sleep 0.1", "sleep 0.1; test $((KGENTS_TRIAL % 2)) -eq 0"),
    "compare-models": ("compare", "--spec", SPEC, "--max-trials", "30", "simulated:0.3", "simulated:0.9"),
    "compare-suite": ("compare", "--suite", "suite.jsonl", "--max-trials", "30", "simulated:0.3", "simulated:0.9"),
    "top-two": ("compare", "--spec", SPEC, "--allocation", "top-two", "--max-trials", "12", "simulated:0.3",
                "simulated:0.6", "simulated:0.9"),
    "laws": ("laws", "--target", "collections:Counter", "--laws", "associativity,commutativity", "--cases", "50"),
    "laws-open": ("laws", "--target", "collections:Counter", "--laws", "associativity,commutativity,idempotence",
                  "--cases", "50", "--budget-seconds", "0.02"),
    "stochastic": ("laws", "--target", "collections:Counter", "--laws", "associativity", "--sample",
                   "Counter(a=random.randint(0, 9))", "--holds-at-least", "0.8", "--max-trials", "40"),
    "reasoning": ("laws", "--problem", "What is 17 + 25?", "--model", "simulated-reasoner:s=0.9,d=0.4",
                  "--max-trials", "30"),
    "reasoning-open": ("laws", "--problem", "What is 17 + 25?", "--model", "simulated-reasoner:s=0.9,d=0.01",
                       "--max-trials", "400", "--budget-seconds", "0.1"),
    "traces": ("laws", "--traces", "traces.jsonl"),
    "traces-judged": ("laws", "--traces", "traces.jsonl", "--judge", "simulated-judge:se=0.95,sp=0.95",
                      "--judge-stories", "10"),
    "parse": ("parse", "--strategy", "strict,lenient", "--n", "30", "--controls", "3", "--examples", "1"),
    "parse-open": ("parse", "--strategy", "strict", "--n", "200", "--controls", "3", "--examples", "1", "--concurrency", "1",
                   "--budget-seconds", "0.02"),
    "parse-guarded": ("parse", "--strategy", "lenient", "--adaptive", "--target", "0.3", "--max-corruption", "0.5",
                      "--max-trials", "60", "--controls", "3", "--examples", "1"),
    "parse-compare": ("compare", "--corpus", "llm-json", "--max-trials", "60", "strict", "lenient"),
}  # fmt: skip


def main(file: Path) -> None:
    """Makes the database."""
    import json

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "suite.jsonl").write_text("".join(json.dumps(task) + "\n" for task in TASKS), encoding="utf-8")
        (work / "traces.jsonl").write_text("".join(json.dumps(trace) + "\n" for trace in TRACES), encoding="utf-8")
        kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        environment = {**kept, "HOME": name, "KGENTS_DATA_DIR": name, "NO_COLOR": "1", "KGENTS_NO_USER": "1"}
        for title, words in PLANS.items():
            words = tuple(str(work / word) if word.endswith(".jsonl") else word for word in words)
            options = ("-q", "--seed", "7", "--name", title)
            command = [sys.executable, "-m", "kgents", "experiment", words[0], *options, *words[1:]]
            done = subprocess.run(command, env=environment, cwd="/", check=False, capture_output=True, text=True)
            print(done.returncode, title, done.stdout[:150].replace("\n", " | "), done.stderr[-300:])
        file.write_bytes(gzip.compress((work / "kgents.db").read_bytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
