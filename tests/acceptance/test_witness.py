"""`kg witness`, `kg db` and `kg experiment erase`: nothing forged unseen, nothing lost on the way."""

import base64
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

EACH_ALONE = True  # slow, and nothing is shared

Kg = Callable[..., subprocess.CompletedProcess[str]]
SPEC = "def add(a, b): return a + b"
GENERATE = ("experiment", "generate", "--spec", SPEC, "--n", "4", "--model", "simulated:0.5", "--seed", "2")


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a record with one experiment that was generated: it is copied, never changed."""
    home = tmp_path_factory.mktemp("generated")
    subprocess.run(
        [sys.executable, "-m", "kgents", *GENERATE],
        cwd=home,
        env=clean_environment(home),
        capture_output=True,
        check=False,
    )
    return home / "data"


@pytest.fixture
def recorded(generated: Path, tmp_path: Path) -> None:
    """One experiment that was generated, in the record of this test."""
    shutil.copytree(generated, tmp_path / "data")


def change(tmp_path: Path, *statements: str) -> None:
    """Somebody with the file in hand."""
    with closing(sqlite3.connect(tmp_path / "data" / "kgents.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def problems(kg: Kg, *options: str) -> tuple[int, str]:
    """What `verify` says."""
    done = kg("witness", "verify", "--json", *options)
    found = [problem for log in json.loads(done.stdout)["logs"] for problem in log["problems"]]
    return done.returncode, " ".join(found)


def test_an_honest_record_is_verified_and_rechecked(kg: Kg, recorded: None) -> None:
    assert problems(kg) == (0, "")
    assert problems(kg, "@latest", "--recheck") == (0, "")
    log = [json.loads(line) for line in kg("witness", "log", "@latest", "--json").stdout.splitlines()]
    assert [mark["seq"] for mark in log] == list(range(len(log)))
    shown = json.loads(kg("witness", "show", "@latest", "0").stdout)
    assert shown["kind"] == "experiment.planned"
    assert problems(kg, "@latest", "--head", shown["id"][:20]) == (0, "")
    assert problems(kg, "@latest", "--head", "00ff")[0] == 3


FORGERIES = {
    "a verdict in the projection": (
        ["UPDATE experiments SET doc = json_set(doc, '$.verdict', 'supported')"],
        "not what its marks say",
    ),
    "a body": (
        ["DROP TRIGGER marks_no_update", "UPDATE marks SET stem = replace(stem, '\"us\":', '\"us\":1') WHERE seq = 6"],
        "is not the one that was written",
    ),
    "a mark in the middle": (["DROP TRIGGER marks_no_delete", "DELETE FROM marks WHERE seq = 5 AND log = 1"], "missing"),
    "the tail": (
        ["DROP TRIGGER marks_no_delete", "DELETE FROM marks WHERE log = 1 AND seq > 9"],
        "not end as the ledger says",
    ),
    "a column of history": (["UPDATE experiments SET name = 'other'"], "not what its marks say: name"),
    "the id": (["UPDATE experiments SET id = 'exp-other'"], "history does not show it"),
    "a document of nonsense": (["UPDATE experiments SET doc = '{\"plan\": 3}'"], "not what its marks say: doc"),
    "a size": (["UPDATE blobs SET size = size + 1"], "not the one that was witnessed"),
    "all texts": (["DELETE FROM blobs"], "missing, and the ledger has no erasure of them"),
    "a crystal": (["UPDATE brain_crystals SET body = 'a lie'"], "not what the ledger remembers"),
    "a crystal that is removed": (["DELETE FROM brain_crystals"], "1 crystal that the ledger remembers"),
    "what search looks in": (["UPDATE brain_text SET title = 'lie'"], "search looks in other words"),
    "the view": (
        ["DROP VIEW witness", "CREATE VIEW witness AS SELECT 'x' AS log, 0 AS seq, '' AS id, '' AS prev, 'lie' AS body"],
        "the view witness is not the one",
    ),
    "a trigger": (["DROP TRIGGER marks_no_replace"], "the trigger marks_no_replace is missing"),
    "a trigger of somebody else": (
        ["CREATE TRIGGER evil AFTER INSERT ON trials BEGIN DELETE FROM blobs; END"], "the trigger evil is not of kgents",
    ),
    "a whole experiment": (
        [
            "DROP TRIGGER marks_no_delete", "DELETE FROM trials", "DELETE FROM experiments",
            "DELETE FROM marks WHERE log = 1",
        ],
        "it is gone",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found(kg: Kg, recorded: None, tmp_path: Path, name: str) -> None:
    statements, expected = FORGERIES[name]
    change(tmp_path, *statements)
    code, said = problems(kg)
    assert code == 3
    assert expected in said


def test_a_mark_is_not_replaced(kg: Kg, recorded: None, tmp_path: Path) -> None:
    """Neither by a statement that changes it, nor by one that inserts another in its place."""
    for statement in (
        "INSERT OR REPLACE INTO marks SELECT log, seq, id, prev, '{}' FROM marks LIMIT 1",
        "UPDATE marks SET stem = ''",
        "DELETE FROM marks",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            change(tmp_path, statement)
    assert problems(kg) == (0, "")


def test_damage_of_one_experiment_does_not_end_the_check_of_the_next(kg: Kg, tmp_path: Path) -> None:
    """Damaged ones are printed first, then those that are whole, and a total."""
    for seed in ("1", "2", "3"):
        kg("experiment", "run", "--n", "2", "--seed", seed, "--", "true")
    change(tmp_path, "UPDATE experiments SET doc = 'nonsense' WHERE log = (SELECT max(log) FROM experiments)")
    done = kg("witness", "verify")
    lines = done.stdout.splitlines()
    assert done.returncode == 3
    assert lines[0].startswith("DAMAGED")
    assert "it means nothing" in lines[1]
    assert [line.split()[0] for line in lines[2:-1]] == ["ok"] * 3
    assert lines[-1] == "4 logs: 1 DAMAGED, 3 ok"


def test_what_was_erased_is_said_and_is_no_damage(kg: Kg, recorded: None, tmp_path: Path) -> None:
    """Also in a record into which an experiment without its texts was imported."""
    kg("experiment", "erase", "@latest", "--yes")
    done = kg("witness", "verify", "--recheck")
    assert (done.returncode, "erased, as the ledger says" in done.stdout) == (0, True)
    assert "not judged again: its configuration was erased" in done.stdout
    kg("experiment", "export", "@latest", "x.jsonl")
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert kg("experiment", "import", "x.jsonl", KGENTS_DATABASE_URL=other).returncode == 0
    assert kg("witness", "verify", KGENTS_DATABASE_URL=other).returncode == 0


def test_a_candidate_that_was_swapped_is_found(kg: Kg, recorded: None, tmp_path: Path) -> None:
    right = b"\x00```python\ndef add(a, b): return a + b\n```"
    connection = sqlite3.connect(tmp_path / "data" / "kgents.db")
    marks = [json.loads(row[0]) for row in connection.execute("SELECT body FROM witness")]
    wrong = next(mark["data"]["out"] for mark in marks if mark["data"].get("ok") is False)
    connection.execute("UPDATE blobs SET packed = ? WHERE digest = ?", (right, bytes.fromhex(wrong)))
    connection.commit()
    connection.close()
    code, said = problems(kg)
    assert code == 3
    assert f"the text {wrong[:16]} is not the one that was witnessed" in said
    shown = kg("experiment", "show", "--json")
    assert shown.returncode == 3


def test_a_lie_that_is_consistent_in_itself_is_found_by_judging_again(kg: Kg, recorded: None, tmp_path: Path) -> None:
    """All failures turned into successes, and every mark, id, projection and ledger entry made to agree with that."""
    from dataclasses import replace

    from kgents.domain.fact import Decided, Finished
    from kgents.domain.mark import ORIGIN, Entry, read_mark, seal

    kg("experiment", "export", "@latest", "honest.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "honest.jsonl").read_text().splitlines()]
    head, forged = ORIGIN, []
    for line in lines:
        if "mark" in line:
            old = read_mark(line["mark"].encode())
            entry = old.entry
            match entry.fact:
                case Finished() as fact:
                    entry = Entry(entry.at, replace(fact, success=True, cause=None, error=None))
                case Decided() as fact:
                    entry = Entry(entry.at, replace(fact, counts=((4, 4),)))
            mark = seal(old.log, old.seq, head, entry)
            head, line = mark.id, {"mark": mark.body.decode()}
        forged.append(line)
    forged[0]["head"] = head
    (tmp_path / "forged.jsonl").write_text("".join(json.dumps(line) + "\n" for line in forged))
    other = {"KGENTS_DATA_DIR": str(tmp_path / "other")}
    assert kg("experiment", "import", "forged.jsonl", **other).returncode == 0
    assert json.loads(kg("experiment", "show", "--json", **other).stdout)["evidence"]["trials_success"] == 4
    assert kg("witness", "verify", **other).returncode == 0
    done = kg("witness", "verify", "@latest", "--recheck", **other)
    assert done.returncode == 3
    assert "recorded as True, judged again as False" in done.stdout
    known = json.loads(kg("experiment", "show", "--json").stdout)["witness_head"]["hash"]
    assert kg("witness", "verify", "@latest", "--head", known, **other).returncode == 3


def test_every_document_names_its_marks(kg: Kg, tmp_path: Path) -> None:
    kg(*GENERATE, "-o", "x.md", "-o", "x.html", "-o", "x.junit.xml", "-o", "x.json")
    shown = json.loads(kg("experiment", "show", "--json").stdout)
    (listed,) = json.loads(kg("experiment", "history", "--json").stdout)
    assert len(shown["mark_ids"]) == shown["witness_head"]["size"] == 11
    assert shown["mark_ids"][-1] == shown["witness_head"]["hash"]
    assert listed["mark_ids"] == shown["mark_ids"]
    assert listed["witness_head"] == shown["witness_head"]
    assert all(identity in (tmp_path / "x.json").read_text() for identity in shown["mark_ids"])
    for name in ("x.md", "x.html", "x.junit.xml"):  # for people: the head of the chain
        assert shown["witness_head"]["hash"][:16] in (tmp_path / name).read_text(), name


STANDARD_TOOLS = """
set -eu
payload=$(python3 -c 'import json; print(json.load(open("x.json"))["payload"])' | base64 -d)
type=application/vnd.in-toto+json
printf 'DSSEv1 %d %s %d %s' ${#type} $type $(printf %s "$payload" | wc -c) "$payload" > message
python3 -c 'import json; print(json.load(open("x.json"))["signatures"][0]["sig"])' | base64 -d > signature
ssh-keygen -Y verify -n kgents -f signers -I me -s signature < message
"""


def test_an_export_is_a_statement_that_anyone_can_verify(kg: Kg, recorded: None, tmp_path: Path) -> None:
    """With ssh-keygen and a shell, and with kg; a change of one character is noticed by both."""
    head = json.loads(kg("experiment", "show", "--json").stdout)["witness_head"]["hash"]
    assert kg("witness", "export", "@latest", "-o", "x.json").returncode == 0
    document = json.loads((tmp_path / "x.json").read_text())
    statement = json.loads(base64.b64decode(document["payload"]))
    assert statement["subject"][0]["digest"]["sha256"] == head
    for key in ("key", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / key)], check=True)
    assert kg("witness", "sign", "x.json", "--key", "key").returncode == 0
    (tmp_path / "signers").write_text("me " + (tmp_path / "key.pub").read_text())
    (tmp_path / "others").write_text("me " + (tmp_path / "other.pub").read_text())
    fingerprint = subprocess.run(["ssh-keygen", "-lf", "key"], cwd=tmp_path, capture_output=True, text=True, check=True)
    signed = (tmp_path / "x.json").read_text()
    assert json.loads(signed)["signatures"][0]["keyid"] in fingerprint.stdout

    def standard() -> str:
        done = subprocess.run(["sh", "-c", STANDARD_TOOLS], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    ours = ("witness", "verify", "--export", "x.json", "--identity", "me", "--signers")
    assert 'Good "kgents" signature for me' in standard()
    assert kg(*ours, "signers").returncode == 0
    assert kg(*ours, "others").returncode == 3
    payload = base64.b64encode(base64.b64decode(document["payload"]).replace(b"completed", b"completely")).decode()
    (tmp_path / "x.json").write_text(signed.replace(document["payload"], payload))
    assert "Could not verify" in standard() or "incorrect signature" in standard()
    assert "is not signed by me" in kg(*ours, "signers").stderr
    assert kg("witness", "verify", "--signers", "signers").returncode == 2


def test_a_head_that_was_exported_shows_a_record_that_was_cut(kg: Kg, recorded: None, tmp_path: Path) -> None:
    done = kg("witness", "export", "@latest", "--predicate", "test-result", "-o", "x.json")
    assert done.returncode == 0
    statement = json.loads(base64.b64decode(json.loads((tmp_path / "x.json").read_text())["payload"]))
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert statement["predicate"]["result"] == "PASSED"
    assert kg("witness", "verify", "--export", "x.json").returncode == 0
    change(tmp_path, "DROP TRIGGER marks_no_delete", "DELETE FROM marks WHERE seq = (SELECT max(seq) FROM marks)")
    done = kg("witness", "verify", "--export", "x.json")
    assert done.returncode == 3
    assert "is not in its chain" in done.stdout


PLANTED = "planted-0123456789abcdef"


def contents(folder: Path) -> bytes:
    """All that is stored: bytes of the files, and every text of the database as it was before it was deflated."""
    from kgents.store.codec import unpack

    found = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    connection = sqlite3.connect(folder / "kgents.db")
    for packed, size in connection.execute("SELECT packed, size FROM blobs"):
        found += unpack(packed, size)
    connection.close()
    return found


def test_a_key_that_a_command_prints_never_reaches_the_record(kg: Kg, tmp_path: Path) -> None:
    line = "echo out $OPENAI_API_KEY; seq 100; echo err $OPENAI_API_KEY >&2; exit 1"
    (tmp_path / "x.py").write_text("import os\nraise ValueError(os.environ['OPENAI_API_KEY'])\n")
    for command in ([line], ["python3", "x.py"]):
        done = kg("experiment", "run", "--n", "2", "-o", "x.html", "-o", "x.junit.xml", "--jsonl", "--", *command,
                  OPENAI_API_KEY=PLANTED)  # fmt: skip
        assert PLANTED not in done.stdout + done.stderr
        assert "[redacted]" in done.stdout
        shown = kg("experiment", "show", "--json").stdout
        assert PLANTED not in shown
        assert shown.count("[redacted]") >= 4  # output and error of both trials
    assert PLANTED.encode() not in contents(tmp_path / "data")
    assert PLANTED not in (tmp_path / "x.html").read_text() + (tmp_path / "x.junit.xml").read_text()


def test_a_key_in_a_command_line_is_refused(kg: Kg, tmp_path: Path) -> None:
    for where in (["--name", PLANTED, "true"], ["--tag", PLANTED, "true"], [f"echo {PLANTED}"]):
        done = kg("experiment", "run", "--n", "2", *where, OPENAI_API_KEY=PLANTED)
        assert done.returncode == 2
        assert "variable" in done.stderr
        assert PLANTED not in done.stdout + done.stderr
    assert kg("experiment", "history", "--json").stdout.strip() == "[]"
    assert PLANTED.encode() not in contents(tmp_path / "data")


def test_an_experiment_moves_as_one_file(kg: Kg, tmp_path: Path) -> None:
    kg("experiment", "generate", "--spec", SPEC, "--n", "3", "--seed", "1", "--name", "mover", "-q")
    before = json.loads(kg("experiment", "show", "mover", "--json").stdout)
    for file in ("one.jsonl", "two.jsonl.gz"):
        done = kg("experiment", "export", "mover", file, "--with-user")
        assert done.returncode == 0, done.stderr
        other = {"KGENTS_DATA_DIR": str(tmp_path / f"for {file}")}
        done = kg("experiment", "import", file, **other)
        assert done.returncode == 0, done.stderr
        assert json.loads(kg("experiment", "show", "mover", "--json", **other).stdout) == before
        assert kg("witness", "verify", "--recheck", **other).returncode == 0
        again = kg("experiment", "import", file, **other)
        assert again.returncode == 2
        assert "is here already" in again.stderr
    assert kg("experiment", "export", "mover", "one.jsonl").returncode == 2


def test_a_stopped_experiment_is_resumed_where_it_was_moved_to(kg: Kg, tmp_path: Path) -> None:
    begin = ("experiment", "run", "--n", "9", "--budget-seconds", "0.000001", "--name", "half", "-q", "true")
    assert kg(*begin).returncode == 11
    assert kg("experiment", "export", "half", "half.jsonl", "--with-user").returncode == 0
    other = {"KGENTS_DATA_DIR": str(tmp_path / "other")}
    assert kg("experiment", "import", "half.jsonl", **other).returncode == 0
    done = kg("experiment", "resume", "half", "--trust-imported", "--budget-seconds", "600", "--json", "-q", **other)
    assert json.loads(done.stdout)["evidence"]["trials_total"] == 9
    assert kg("witness", "verify", **other).returncode == 0


def test_a_file_that_was_changed_is_refused_and_leaves_nothing(kg: Kg, tmp_path: Path) -> None:
    kg("experiment", "run", "--n", "3", "--name", "mover", "-q", "echo said")
    kg("experiment", "export", "mover", "good.jsonl")
    lines = (tmp_path / "good.jsonl").read_text().splitlines()
    said = next(number for number, line in enumerate(lines) if '"text"' in line)
    changes = {
        "cut": (lines[:-1], 2),
        "without its tail": ([*lines[: said - 1], *lines[said:]], 3),
        "another verdict": ([line.replace('\\"ok\\":true', '\\"ok\\":false') for line in lines], 3),
        "another text": ([line.replace('"base64": "', '"base64": "QUFB') for line in lines], 3),
        "not ours": (["{}"], 2),
        "no JSON": (["nonsense"], 2),
    }
    other = {"KGENTS_DATA_DIR": str(tmp_path / "other")}
    for name, (changed, code) in changes.items():
        (tmp_path / "bad.jsonl").write_text("\n".join(changed) + "\n")
        done = kg("experiment", "import", "bad.jsonl", **other)
        assert (name, done.returncode) == (name, code), done.stderr
        assert "Traceback" not in done.stderr
        assert kg("experiment", "history", "--json", **other).stdout.strip() == "[]"
    assert kg("experiment", "import", "good.jsonl", **other).returncode == 0


def test_tests_that_pytest_runs_are_rechecked_wherever_they_lie(kg: Kg, tmp_path: Path) -> None:
    """Where the file of tests lies is no part of what judges: an honest record is whole."""
    (tmp_path / "test_add.py").write_text(
        "import pytest\nfrom solution import add\n\n"
        "@pytest.mark.parametrize('a', [0, 1, 2])\ndef test_add(a):\n    assert add(a, 3) == a + 3\n"
    )
    done = kg("experiment", "generate", "--spec", "def add(a, b): return a + b", "--tests", "test_add.py", "--n", "2",
              "--model", "simulated", "-q", "--json")  # fmt: skip
    assert json.loads(done.stdout)["config"]["oracle"]["place"] == str(tmp_path / "test_add.py")
    checked = kg("witness", "verify", "@latest", "--recheck")
    assert checked.returncode == 0, checked.stdout
