"""`kg experiment parse` as a subprocess: known parsers are found and named, runs resume, bad input says what to do."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from kgents.errors import UsageError

PARSERS = """
import json, time

def corrupting(text):
    value = json.loads(text)
    if isinstance(value, dict) and len(value) > 1:
        value.popitem()
    return value

def deep(text):
    def down(level):
        return down(level - 1) + 1 if level else 0
    down(20 * text.count("["))
    return json.loads(text)

def hanging(text):
    while "\\ufeff" in text:
        pass
    return json.loads(text)

def quadratic(text):
    for place in range(0, len(text), 4):
        text.count("zq", 0, place)
    return json.loads(text)

def honest(text):
    return json.loads(text)
"""
COLUMNS = {"recovered", "partial", "rejected", "corrupted", "crashed", "hung"}
FEW = ("--controls", "0", "--seed", "7", "-q", "--json")


@pytest.fixture
def parse(kg, tmp_path):
    """(exit code, JSON) of `kg experiment parse …`."""
    (tmp_path / "parsers.py").write_text(PARSERS)

    def run(*options, stdin=None, **variables):
        done = kg("experiment", "parse", *FEW, *options, stdin=stdin, **variables)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, json.loads(done.stdout)

    return run


def test_the_document_is_that_of_the_contract(parse):
    code, said = parse("--strategy", "strict,lenient", "--n", "120", "--severity", "1-2")
    assert code == 0
    assert said["kind"] == said["config"]["type"] == "parse"
    assert said["config"]["seed"] == 7
    assert len(said["trials"]) == 240
    strict, lenient = said["evidence"]["strategies"]
    for strategy in (strict, lenient):
        assert set(strategy["outcomes"]) == COLUMNS
        assert sum(strategy["outcomes"].values()) == 120
        assert sum(sum(row[name] for name in COLUMNS) for row in strategy["by_class"].values()) == 120
        assert set(strategy["by_severity"]) == {"1", "2"}
        for rate in (strategy["recovery_rate"], strategy["corruption_rate"]):
            assert rate["low"] <= rate["estimate"] <= rate["high"]
        for example in strategy["examples"]:
            assert {"class", "input", "expected", "got", "shrunk"} <= set(example)
    assert strict["outcomes"]["corrupted"] == 0
    assert lenient["recovery_rate"]["low"] > strict["recovery_rate"]["high"]
    (pair,) = said["evidence"]["comparisons"]
    assert pair["sentence"].startswith("lenient recovers more")
    inputs = {}
    for trial in said["trials"]:
        assert trial["metadata"]["outcome"]
        inputs.setdefault(trial["index"], set()).add(trial["input"])
    assert all(len(texts) == 1 for texts in inputs.values()), "all strategies face the same inputs"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("corrupting", (), ("corrupts silently", "dropped", "changes valid documents")),
        ("deep", ("--mutators", "bombs,drift"), ("crashes", "RecursionError", "bombs")),
        ("hanging", ("--mutators", "byte_order_mark,drift", "--limit", "0.2", "--n", "12"), ("hangs",)),
        ("quadratic", ("--n", "5"), ("quadratic time",)),
    ],
)
def test_a_known_fault_is_found_and_named(parse, name, options, words):
    _, said = parse("--parser", f"parsers.py:{name}", "--n", "60", "--controls", "3", *options)
    (strategy,) = said["evidence"]["strategies"]
    faults = "\n".join(strategy["faults"])
    assert all(word in faults for word in words), faults


def test_an_honest_parser_has_no_faults_but_the_stack(parse):
    _, said = parse(
        "--parser",
        "parsers.py:honest",
        "--mutators",
        "drift,wrapping,truncation,noise",
        "--n",
        "100",
        "--controls",
        "10",
    )
    (strategy,) = said["evidence"]["strategies"]
    assert [fault for fault in strategy["faults"] if "time" not in fault] == []


def test_two_verdicts(parse):
    code, said = parse("--strategy", "extract", "--mutators", "wrapping", "--adaptive", "--target", "0.7", "--max-corruption",
                       "0.05", "--max-trials", "300")  # fmt: skip
    assert code == 0
    assert said["evidence"]["verdict"] == "supported"
    assert said["evidence"]["strategies"][0]["verdicts"] == {"recovery": "supported", "corruption": "supported"}
    code, said = parse("--parser", "parsers.py:corrupting", "--mutators", "drift", "--adaptive", "--target", "0.1",
                       "--max-corruption", "0.05", "--max-trials", "300")  # fmt: skip
    assert code == 10
    assert said["evidence"]["strategies"][0]["verdicts"]["corruption"] == "refuted"


def test_the_same_seed_gives_the_same_inputs_and_verdicts(parse):
    first, second = (parse("--strategy", "lenient", "--n", "40", "--mutators", "quotes,noise")[1] for _ in range(2))
    for one, other in zip(first["trials"], second["trials"], strict=True):
        assert (one["input"], one["output"], one["cause"]) == (other["input"], other["output"], other["cause"])


def test_a_run_goes_on_where_it_was_killed(kg, parse, tmp_path):
    """Cut off after half of its marks and resumed, a run comes to what an unbroken one comes to."""
    _, whole = parse("--strategy", "strict,lenient", "--n", "60", "--database", "sqlite:///whole.db")
    argv = [sys.executable, "-m", "kgents", "experiment", "parse", "--strategy", "strict,lenient", "--n", "60", *FEW,
            "--concurrency", "4", "--budget-seconds", "0.000001"]  # fmt: skip
    done = kg(*argv[3:], "--database", "sqlite:///cut.db")
    cut = json.loads(done.stdout)
    assert cut["status"] == "stopped"
    done = kg(
        "experiment", "resume", cut["id"], "--budget-seconds", "1000", "--json", "-q", "--database", "sqlite:///cut.db"
    )
    resumed = json.loads(done.stdout)
    for mine, theirs in zip(resumed["evidence"]["strategies"], whole["evidence"]["strategies"], strict=True):
        assert mine["outcomes"] == theirs["outcomes"]
        assert mine["by_class"] == theirs["by_class"]
    assert kg("witness", "verify", cut["id"], "--database", "sqlite:///cut.db").returncode == 0
    with closing(sqlite3.connect(tmp_path / "cut.db")) as record:
        assert record.execute("select count(*) from trials").fetchone() == (120,)


def test_strategies_compete(parse):
    code, said = parse("--strategy", "strict,lenient,extract", "--compare", "--max-trials", "400")
    assert code == 0
    status = {arm["name"]: arm["status"] for arm in said["evidence"]["arms"]}
    assert status == {"lenient": "best", "strict": "eliminated", "extract": "eliminated"}


def test_strategies_compete_by_the_command_that_compares(kg):
    done = kg("experiment", "compare", "--corpus", "llm-json", "--arm", "old=strict", "--arm", "new=extract", "--seed", "7",
              "--max-trials", "300", "--json", "-q")  # fmt: skip
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert {arm["name"]: arm["status"] for arm in said["evidence"]["arms"]} == {"new": "best", "old": "eliminated"}
    assert said["evidence"]["strategies"][0]["name"] == "old"
    done = kg("experiment", "compare", "--corpus", "llm-json", "--spec", "x", "strict", "lax", "--json")
    assert done.returncode == 2


def test_advice_for_every_class(parse):
    _, said = parse("--strategy", "strict,extract,repair", "--recommend", "--n", "100", "--mutators", "wrapping,quotes")
    advice = said["evidence"]["recommendation"]
    assert set(advice["by_class"]) == {"wrapping", "quotes"}
    assert advice["by_class"]["wrapping"]["use"] == "extract"
    assert advice["silently_wrong"]["repair"]


def test_what_is_exported_fails_before_a_fix_and_passes_after(parse, tmp_path):
    parse("--parser", "parsers.py:corrupting", "--mutators", "drift", "--n", "30", "--export", "worst")
    assert (tmp_path / "worst" / "inputs.jsonl").read_text()

    def outcome():
        ran = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "worst"], cwd=tmp_path,
                             capture_output=True, text=True, check=False)  # fmt: skip
        return ran.returncode, ran.stdout

    code, text = outcome()
    assert code == 1, text
    assert "corrupted dropped" in text
    (tmp_path / "parsers.py").write_text(PARSERS.replace("value.popitem()", "pass"))
    code, text = outcome()
    assert code == 0, text


SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["n", "name"],
    "additionalProperties": False,
}


def test_a_schema_makes_documents_and_judges_fields(parse, tmp_path):
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    code, said = parse("--strategy", "lazy_validation,schema_guided", "--schema", "schema.json", "--n", "40")
    assert code == 0
    assert said["config"]["generated"] is True
    lazy, guided = said["evidence"]["strategies"]
    assert lazy["corruption_rate"]["estimate"] < 0.05
    assert guided["outcomes"]["recovered"] > 10
    (tmp_path / "models.py").write_text(
        "from pydantic import BaseModel\nclass Reply(BaseModel):\n    n: int\n    name: str\n"
    )
    _, said = parse(
        "--strategy", "lazy_validation", "--schema", "models.py:Reply", "--n", "10", "--input", '{"n": 1, "name": "x"}'
    )
    assert said["config"]["schema"]["required"] == ["n", "name"]


def test_own_documents_and_what_does_not_apply_to_them(parse, tmp_path):
    (tmp_path / "docs.jsonl").write_text('{"a": "b"}\n{"c": ["d"]}\n')
    _, said = parse("--strategy", "strict", "--input", "@docs.jsonl", "--n", "30")
    assert "plus_sign" in said["evidence"]["not_applicable"]
    assert {trial["metadata"]["document"] for trial in said["trials"]} == {"docs.jsonl:1", "docs.jsonl:2"}
    _, said = parse("--strategy", "strict", "--input", "-", "--n", "5", stdin='[1, {"x": 2}]')
    assert said["evidence"]["trials_total"] == 5


def test_python_code_and_commands(parse):
    _, said = parse("--strategy", "ast,fenced,lazy", "--corpus", "python", "--n", "40")
    rates = [strategy["recovery_rate"]["estimate"] for strategy in said["evidence"]["strategies"]]
    assert rates == sorted(rates)
    _, said = parse("--command", "cat", "--mutators", "drift,wrapping", "--n", "12")
    assert said["evidence"]["strategies"][0]["by_class"]["drift"]["recovery_rate"]["estimate"] == 1


def test_weights_are_declared_or_taken_from_a_log(parse, tmp_path):
    _, said = parse("--strategy", "strict", "--n", "30", "--weights", "drift=1,garbage=3")
    assert said["evidence"]["weights"] == {"drift": 1, "garbage": 3}
    (tmp_path / "log.txt").write_text("{'a': 1}\n```json {}\n{\"a\": [1\n")
    _, said = parse("--strategy", "strict", "--n", "10", "--weights-from", "log.txt")
    assert set(said["evidence"]["weights"]) <= {"quotes", "wrapping", "truncation"}


def test_the_page_has_the_matrix(kg, tmp_path):
    done = kg(
        "experiment", "parse", "--strategy", "strict,lenient", "--n", "40", "--severity", "1-2", "-o", "page.html", *FEW
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text()
    assert "Recovered / silently corrupted" in page
    assert "<polyline" in page
    done = kg("experiment", "show", "@latest")
    assert "recovered / corrupted %" in done.stdout
    assert "severity, lenient" in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "no strategy"),
        (("--strategy", "strct"), "did you mean 'strict'"),
        (("--strategy", "strict,strict"), "twice"),
        (("--strategy", "fenced"), "reads python"),
        (("--parser", "nowhere_at_all:f"), "nowhere_at_all"),
        (("--parser", "nowhere"), "--parser"),
        (("--strategy", "strict", "--corpus", "jsn"), "--corpus"),
        (("--strategy", "strict", "--mutators", "quote"), "--mutators quote"),
        (("--strategy", "strict", "--severity", "9"), "--severity 9"),
        (("--strategy", "strict", "--weights", "drift=0"), "--weights"),
        (("--strategy", "strict", "--weights", "x=1"), "--weights x"),
        (("--strategy", "strict", "--weights-from", "nowhere"), "--weights-from"),
        (("--strategy", "strict", "--input", "{"), "not valid JSON"),
        (("--strategy", "strict", "--input", "@nowhere"), "--input @nowhere"),
        (("--strategy", "strict", "--input", "@empty"), "--input"),
        (("--strategy", "strict", "--schema", "nowhere.json"), "--schema nowhere.json"),
        (("--strategy", "strict", "--schema", "bad.json"), "no valid JSON Schema"),
        (("--strategy", "strict", "--schema", "good.json", "--input", "[1]"), "does not satisfy"),
        (("--strategy", "strict", "--schema", "nowhere_at_all:Model"), "nowhere_at_all"),
        (("--strategy", "strict", "--schema", "no_file.py:Model"), "there is no file no_file.py"),
        (("--parser", "no_file.py:read"), "no_file.py"),
        (("--strategy", "strict", "--mutators", "numbers", "--input", '{"a": "b"}'), "no mutator"),
        (("--strategy", "strict", "--max-corruption", "2"), "--max-corruption 2"),
        (("--strategy", "strict", "--limit", "0"), "--limit 0"),
        (("--strategy", "strict", "--compare"), "two strategies"),
        (("--strategy", "strict,lax", "--compare", "--n", "5"), "--compare"),
        (("--strategy", "strict", "--export", "full"), "--export full"),
    ],
)
def test_bad_input_is_a_usage_error(tmp_path, monkeypatch, options, words):
    """In this process, for speed; that usage errors exit with 2 and are JSON is tested once, below."""
    from kgents.cli.parse import parse as command

    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    (tmp_path / "bad.json").write_text('{"type": "nothing"}')
    (tmp_path / "good.json").write_text(json.dumps(SCHEMA))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        command.main([*options, *FEW, "--database", "sqlite:///record.db"], standalone_mode=False)
    assert words in f"{caught.value.message} {caught.value.hint}"


def test_a_usage_error_is_one_json_document(parse):
    code, said = parse("--strategy", "strct")
    assert code == 2
    assert said["error"]["kind"] == "usage"


def test_the_catalogue(kg):
    listed = json.loads(kg("experiment", "parse", "--list", "--json").stdout)
    assert len([mutator for mutator in listed["mutators"] if mutator["language"] == "json"]) >= 60
    assert all(mutator["reason"] for mutator in listed["mutators"])
    assert "lazy_validation" in kg("experiment", "parse", "--list").stdout
