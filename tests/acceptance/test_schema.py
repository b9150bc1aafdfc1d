"""`kg schema`: every field is explained, and every document is what it says."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import kgents as kg
from kgents.kinds.registry import BUILT_IN, kind_of
from kgents.report.schema import schema_of

sys.path.insert(0, str(Path(__file__).parents[1]))
import schemas

Kg = Callable[..., subprocess.CompletedProcess[str]]


def unexplained(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Fields, at any depth, without a description."""
    for name, field in schema.get("properties", {}).items():
        if not field.get("description"):
            yield f"{path}.{name}"
        yield from unexplained(field, f"{path}.{name}")
    for below in (schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())):
        if isinstance(below, dict):
            yield from unexplained(below, f"{path}[]")


@pytest.mark.parametrize("kind", [None, *BUILT_IN])
def test_every_field_of_every_kind_is_explained(kind: str | None) -> None:
    """The schema is one of its dialect, and no field is without words."""
    assert list(unexplained(schemas.validator_of(kind).schema)) == []
    assert kind is None or kind_of(kind).fields() is not None


def test_the_command_prints_it(kg: Kg) -> None:
    """By the name of the command or of the kind; a kind that nobody knows is a usage error."""
    assert json.loads(kg("schema").stdout) == schema_of()
    assert json.loads(kg("schema", "run").stdout) == json.loads(kg("schema", "command").stdout) == schema_of("command")
    assert kg("schema", "nothing").returncode == 2


def test_a_document_that_is_not_one_is_refused(kg: Kg) -> None:
    """A field too many, one too few and one of another type are seen: the schema is not a rubber stamp."""
    document = json.loads(kg("experiment", "run", "--n", "2", "--json", "--", "true").stdout)
    validator = schemas.validator_of("command")
    validator.validate(document)
    for broken in (
        {**document, "more": 1},
        {key: value for key, value in document.items() if key != "usage"},
        {**document, "evidence": {**document["evidence"], "success_rate": "1"}},
        {**document, "evidence": {**document["evidence"], "pass_at_k": {}}},
        {**document, "kind": "suite"},
        {**document, "trials": [{**document["trials"][0], "cause": "bad luck"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(broken)


def test_documents_of_python(tmp_path: Path) -> None:
    """Functions, a comparison of them, scores, and trials that another program runs; also before they are decided."""
    database = f"sqlite:///{tmp_path}/record.db"

    def sometimes(trial: kg.Trial) -> bool:
        trial.note("seen")
        if trial.index % 5 == 4:
            raise ValueError("bad luck")
        return True

    found = [
        kg.decide(sometimes, target=0.5, errors="count", seed=1, database=database),
        kg.decide(sometimes, target=0.5, errors="exclude", seed=1, database=database),
        kg.compare({"a": lambda trial: trial.rng.random() < 0.5, "b": lambda: True}, seed=1, database=database),
        kg.estimate(lambda: 0.5, n=20, score=(0, 1), seed=1, database=database),
    ]
    with kg.open(target=0.9, max_trials=40, database=database) as asked:
        for trial in asked.ask(3):
            asked.tell(trial.index, True, output="x")
        found.append(asked.result)
    for result in found:
        check(result.to_dict())


def check(document: Mapping[str, Any]) -> None:
    """A document is one of its kind, and one of any."""
    schemas.check(document)
    schemas.validator_of().validate(document)


def test_a_document_whose_texts_were_erased(kg: Kg) -> None:
    """The configuration says so, and what hangs on it is left out."""
    kg("experiment", "parse", "--strategy", "strict", "--n", "4", "--controls", "1", "--name", "gone")
    assert kg("experiment", "erase", "gone", "--yes").returncode == 0
    document = json.loads(kg("experiment", "show", "gone", "--json").stdout)
    assert document["config"]["erased"] is True
    check(document)


def test_a_suite_of_tests_a_search_and_a_run_that_its_budget_stopped(kg: Kg, tmp_path: Path) -> None:
    """Documents of kinds that golden files have none of."""
    (tmp_path / "test_it.py").write_text("def test_a():\n    assert False\n\n\ndef test_b():\n    pass\n")
    suite = kg("experiment", "pytest", "--runs", "3", "--json", "-q", "test_it.py")
    check(json.loads(suite.stdout))
    stopped = kg(
        "experiment", "run", "--adaptive", "--max-trials", "50", "--budget-seconds", "0.2", "--json", "--", "sleep 0.1"
    )
    document = json.loads(stopped.stdout)
    assert document["stopped"]["reason"] == "budget-seconds"
    check(document)
    check(json.loads(kg("experiment", "run", "--n", "2", "--json", "--", "exit 127").stdout))


def test_the_search_for_a_commit(kg: Kg, tmp_path: Path) -> None:
    """Its document names the first bad commit."""
    git(tmp_path, "init", "-q", "-b", "main")
    for number in range(3):
        (tmp_path / "number").write_text(str(number))
        git(tmp_path, "add", "number")
        git(tmp_path, "commit", "-q", "-m", f"change {number}")
    words = ("--good", "HEAD~2", "--bad", "HEAD", "--json", "--", "sh", "-c", "test $(cat number) -lt 2")
    document = json.loads(kg("experiment", "bisect", *words).stdout)
    assert [commit["subject"] for commit in document["evidence"]["bisect"]["commits"]][-1] == "change 2"
    check(document)


def git(repository: Path, *words: str) -> None:
    """Runs git there, as somebody."""
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.com")
    subprocess.run(["git", *identity, *words], cwd=repository, capture_output=True, check=True)
