"""The commands of test_golden.py by name, in the order in which they are run, and the files that they read."""

import json

SPEC = "def add(a, b):\n    return a + b\n"
_TASKS = [
    {"task_id": f"T/{n}", "prompt": f"def f{n}(a):\n    '''a + {n}'''\n", "entry_point": f"f{n}",
     "canonical_solution": f"    return a + {n}\n",
     "test": f"def check(f):\n    assert f(1) == {n + 1}\n    assert f(5) == {n + 5}\n"}
    for n in (1, 2, 3)
]  # fmt: skip
_SAMPLES = [{"task_id": f"T/{n}", "completion": f"    return a + {n if k else 9}\n"} for n in (1, 2, 3) for k in (0, 1)]
_TRACES = [{"trace": "17 + 25 = 42. 42 * 2 = 84."}, {"trace": "3 + 4 = 8. 8 - 1 = 7."}, {"trace": "We think so."}]
_CANDIDATES = ["def add(a, b):\n    return a + b", "def add(a, b):\n    return a - b", "no code here"]
_PROBLEMS = [{"problem": "What is 3 + 4?", "steps": ["Take 3.", "Add 4.", "Say it."]}, {"problem": "What is 2 + 9?"}]
FILES = {
    "spec.py": SPEC,
    "test_add.py": "from solution import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n",
    "suite.jsonl": "".join(json.dumps(task) + "\n" for task in _TASKS),
    "samples.jsonl": "".join(json.dumps(sample) + "\n" for sample in _SAMPLES),
    "traces.jsonl": "".join(json.dumps(trace) + "\n" for trace in _TRACES),
    "candidates.jsonl": "".join(json.dumps({"code": code}) + "\n" for code in _CANDIDATES),
    "problems.jsonl": "".join(json.dumps(problem) + "\n" for problem in _PROBLEMS),
    "schema.json": json.dumps({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}),
    "minus.py": "class Minus(int):\n    def __add__(self, other):\n        return Minus(int(self) - int(other))\n",
}
SEED, MODEL = ("--seed", "7"), "simulated:0.8"


def _run(command: str, *words: str, name: str | None = None) -> tuple[str, ...]:
    return ("experiment", command, "--json", *SEED, *(("--name", name) if name else ()), *words)


PLANS: dict[str, tuple[str, ...]] = {
    "run-fixed": _run("run", "--n", "4", "test $((KGENTS_TRIAL % 3)) -ne 2", name="first"),
    "run-refuted": _run("run", "--adaptive", "--target", "0.9", "--tag", "t", "false"),
    "run-inconclusive": _run("run", "--adaptive", "--max-trials", "20", "test $((KGENTS_TRIAL % 2)) -eq 0"),
    "run-margin": _run("run", "--adaptive", "--margin", "0.1", "--prior", "jeffreys", "--rule", "posterior",
                       "--target", "0.7", "true"),
    "run-anytime": _run("run", "--adaptive", "--rule", "anytime", "--max-trials", "none", "true"),
    "run-timeout": _run("run", "--n", "1", "--timeout", "0.2", "sleep 5"),
    "generate-fixed": _run("generate", "--spec", SPEC, "--model", MODEL, "--n", "3", name="gen"),
    "generate-adaptive": _run("generate", "--spec", SPEC, "--model", MODEL, "--adaptive", "--confidence", "0.9"),
    "generate-tests": _run("generate", "--spec", "@spec.py", "--tests", "test_add.py", "--model", MODEL, "--n", "3"),
    "generate-replay": _run("generate", "--spec", "@spec.py", "--harness", "replay", "--candidates",
                            "candidates.jsonl", "--n", "3"),
    "suite": _run("generate", "--suite", "suite.jsonl", "--model", MODEL, "--n", "3", "--k", "1,2", name="suite"),
    "suite-adaptive": _run("generate", "--suite", "suite.jsonl", "--model", MODEL, "--adaptive"),
    "suite-drawn": _run("generate", "--suite", "suite.jsonl", "--model", MODEL, "--adaptive", "--decide", "suite"),
    "verify-samples": ("experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.jsonl", "--json"),
    "compare-commands": _run("compare", "--max-trials", "40", "true", "test $((KGENTS_TRIAL % 2)) -eq 0", name="cmp"),
    "compare-models": _run("compare", "--spec", SPEC, "--max-trials", "40", "--arm", "weak=simulated:0.3",
                           "--arm", "strong=simulated:0.9"),
    "compare-three": _run("compare", "--max-trials", "40", "--margin", "0.3", "true", "false", "test $KGENTS_TRIAL -gt 1"),
    "compare-suite": _run("compare", "--suite", "suite.jsonl", "--max-trials", "30", "simulated:0.3", "simulated:0.9"),
    "compare-corpus": _run("compare", "--corpus", "llm-json", "--max-trials", "60", "strict", "lenient"),
    "top-two": _run("compare", "--spec", SPEC, "--allocation", "top-two", "--max-trials", "12", "--concurrency", "1",
                    "simulated:0.3", "simulated:0.6", "simulated:0.9"),
    "laws-hold": _run("laws", "--target", "collections:Counter", "--laws", "associativity,commutativity", "--cases", "50"),
    "laws-refuted": _run("laws", "--target", "minus.py:Minus", "--laws", "associativity,identity", "--compose", "+",
                         "--elements", "Minus", "--cases", "50", name="laws"),
    "laws-sampled": _run("laws", "--target", "collections:Counter", "--laws", "associativity", "--sample",
                         "Counter(a=random.randint(0, 9))", "--holds-at-least", "0.8", "--max-trials", "40"),
    "reasoning": _run("laws", "--problem", "What is 17 + 25?", "--model", "simulated-reasoner:s=0.9,d=0.4",
                      "--max-trials", "30", name="reasoning"),
    "reasoning-steps": _run("laws", "--problems", "problems.jsonl", "--laws", "identity,associativity,coherence",
                            "--model", "simulated-reasoner:s=0.9,g=0.5,c=0.5", "--epsilon", "0.2", "--max-trials", "40"),
    "traces": _run("laws", "--traces", "traces.jsonl"),
    "traces-judged": _run("laws", "--traces", "traces.jsonl", "--judge", "simulated-judge:se=0.95,sp=0.95",
                          "--judge-stories", "10", name="traces"),
    "parse-two": _run("parse", "--strategy", "strict,lenient", "--n", "30", "--controls", "3", "--examples", "1",
                      "--severity", "1-2", name="parse"),
    "parse-guarded": _run("parse", "--strategy", "lenient", "--adaptive", "--target", "0.3", "--max-corruption", "0.5",
                          "--max-trials", "60", "--controls", "3", "--examples", "1"),
    "parse-compare": _run("parse", "--strategy", "strict,lenient", "--compare", "--adaptive", "--max-trials", "60",
                          "--controls", "3", "--examples", "0"),
    "parse-schema": _run("parse", "--strategy", "lenient", "--input", '{"a": 5}', "--schema", "schema.json", "--n", "20",
                         "--controls", "2", "--examples", "1"),
    "plan": ("experiment", "plan", "--target", "0.9", "--max-trials", "60", "--json"),
    "plan-power": ("experiment", "plan", "--target", "0.8", "--power", "0.8", "--at", "0.95", "--json"),
    "history": ("experiment", "history", "--json", "--limit", "3"),
    "history-text": ("experiment", "history"),
    "brain": ("brain", "search", "gen", "--json"),
    "tags": ("brain", "tags"),
    "error-usage": ("experiment", "run", "--json", "--adaptive", "--n", "3", "true"),
    "error-confidence": ("experiment", "run", "--json", "--adaptive", "--confidence", "1.5", "true"),
    "error-reference": ("experiment", "show", "nothing-of-this-name", "--json"),
    **{f"show-{name}": ("experiment", "show", name) for name in
       ("first", "gen", "suite", "cmp", "laws", "reasoning", "traces", "parse")},
    **{f"report-{name}-{kind}": ("experiment", "report", name, "-o", f"out.{kind}") for name, kind in
       [("first", "html"), ("gen", "md"), ("suite", "html"), ("cmp", "html"), ("laws", "md"), ("reasoning", "html"),
        ("traces", "html"), ("parse", "html"), ("parse", "md"), ("cmp", "junit.xml"), ("gen", "csv"), ("parse", "jsonl")]},
}  # fmt: skip
