"""`kg brain` on both databases."""

import json
import subprocess
from collections.abc import Callable

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_finished_experiment_leaves_a_crystal_and_people_add_theirs(kg: Kg, database: str) -> None:
    where = {"KGENTS_DATABASE_URL": database}
    kg("experiment", "run", "--adaptive", "--tag", "mine", "true", **where)
    kg("experiment", "run", "--adaptive", "--name", "broken", "false", **where)
    assert kg("brain", "capture", "temperature 0 repeats itself", "--tag", "sampling", **where).returncode == 0
    found = json.loads(kg("brain", "search", "broken", "refuted", "--json", **where).stdout)
    assert [crystal["title"] for crystal in found] == ["broken: refuted"]
    assert "0 of 7 trials" in found[0]["body"]
    assert len(json.loads(kg("brain", "search", "--json", **where).stdout)) == 3
    assert [c["tags"] for c in json.loads(kg("brain", "search", "--tag", "sampling", "--json", **where).stdout)] == [
        ["sampling"]
    ]
    assert "command" in kg("brain", "tags", **where).stdout
    key = str(found[0]["key"])
    kg("brain", "show", key, **where)
    assert "looked at   2 times" in kg("brain", "show", key, **where).stdout
    assert kg("brain", "forget", key, **where).returncode == 0
    assert kg("brain", "show", key, **where).returncode == 2
    assert "nothing was found" in kg("brain", "search", "broken", **where).stdout
    assert kg("brain", "search", 'a "quoted* (odd) -query', **where).returncode == 0
