"""`kg witness`, `kg db` and `kg experiment erase`: nothing forged unseen, nothing lost on the way."""

import base64
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
SPEC = "def add(a, b): return a + b"
GENERATE = ("experiment", "generate", "--spec", SPEC, "--n", "4", "--model", "simulated:0.5", "--seed", "2")


def change(tmp_path: Path, *statements: str) -> None:
    """Somebody with the file in hand."""
    connection = sqlite3.connect(tmp_path / "data" / "kgents.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def problems(kg: Kg, *options: str) -> tuple[int, str]:
    """What `verify` says."""
    done = kg("witness", "verify", "--json", *options)
    found = [problem for log in json.loads(done.stdout)["logs"] for problem in log["problems"]]
    return done.returncode, " ".join(found)


def test_an_honest_record_is_verified_and_rechecked(kg: Kg) -> None:
    kg(*GENERATE)
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
    "a whole experiment": (
        [
            "DROP TRIGGER marks_no_delete", "DELETE FROM trials", "DELETE FROM experiments",
            "DELETE FROM marks WHERE log = 1",
        ],
        "it is gone",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found(kg: Kg, tmp_path: Path, name: str) -> None:
    statements, expected = FORGERIES[name]
    kg(*GENERATE)
    change(tmp_path, *statements)
    code, said = problems(kg)
    assert code == 3
    assert expected in said


def test_a_candidate_that_was_swapped_is_found(kg: Kg, tmp_path: Path) -> None:
    kg(*GENERATE)
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


def test_a_lie_that_is_consistent_in_itself_is_found_by_judging_again(kg: Kg, tmp_path: Path) -> None:
    """All failures turned into successes, and every mark, id, projection and ledger entry made to agree with that."""
    from dataclasses import replace

    from kgents.domain.fact import Decided, Finished
    from kgents.domain.mark import ORIGIN, Entry, read_mark, seal

    kg(*GENERATE)
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
    for name in ("x.md", "x.html", "x.junit.xml", "x.json"):
        text = (tmp_path / name).read_text()
        assert all(identity in text for identity in shown["mark_ids"]), name


def test_an_export_is_a_statement_of_the_head_and_can_be_signed(kg: Kg, tmp_path: Path) -> None:
    kg(*GENERATE)
    head = json.loads(kg("experiment", "show", "--json").stdout)["witness_head"]["hash"]
    assert kg("witness", "export", "@latest", "-o", "x.json").returncode == 0
    document = json.loads((tmp_path / "x.json").read_text())
    statement = json.loads(base64.b64decode(document["payload"]))
    assert statement["subject"][0]["digest"]["sha256"] == head
    if shutil.which("ssh-keygen") is None:
        assert "ssh-keygen is not installed" in kg("witness", "sign", "x.json", "--key", "x.json").stderr
        return
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    assert kg("witness", "sign", "x.json", "--key", "key").returncode == 0
    signed = json.loads((tmp_path / "x.json").read_text())
    (tmp_path / "signers").write_text("me " + (tmp_path / "key.pub").read_text())
    from kgents.store.attest import check_signature

    assert check_signature(signed, tmp_path / "signers", "me")
    assert not check_signature({**signed, "payload": base64.b64encode(b"{}").decode()}, tmp_path / "signers", "me")


def test_erasing_texts_keeps_the_chain(kg: Kg, tmp_path: Path) -> None:
    """Nothing of a text that should not have been recorded is left in any file, and every check still holds."""
    kg("experiment", "run", "--n", "2", "--name", "other", "echo innocent")
    for _ in range(2):
        kg("experiment", "run", "--n", "4", "echo unwanted; echo unwanted >&2; exit 1")
    first, second, _ = (row["id"] for row in json.loads(kg("experiment", "history", "--json").stdout))
    assert b"unwanted" in contents(tmp_path / "data")
    assert "unwanted" in kg("brain", "search", "unwanted").stdout
    assert kg("experiment", "erase", first).returncode == 2
    for name in (first, second):
        assert kg("experiment", "erase", name, "--yes").returncode == 0
        assert problems(kg) == (0, "")
        document = json.loads(kg("experiment", "show", name, "--json").stdout)
        assert document["evidence"]["trials_total"] == 4
    assert all(trial["output"] is None for trial in document["trials"])
    assert document["config"]["erased"] is True
    assert b"unwanted" not in contents(tmp_path / "data")
    assert "unwanted" not in kg("brain", "search").stdout
    assert "erased" in kg("experiment", "history").stdout
    assert "innocent" in kg("experiment", "show", "other", "--json").stdout


def test_a_record_moves_to_postgres_and_back(kg: Kg, tmp_path: Path, postgres: str) -> None:
    kg(*GENERATE)
    before = json.loads(kg("experiment", "show", "--json").stdout)
    there = kg("db", "copy", f"sqlite:///{tmp_path}/data/kgents.db", postgres)
    assert there.returncode == 0, there
    back = kg("db", "copy", postgres, f"sqlite:///{tmp_path}/back.db")
    assert back.returncode == 0, back
    after = json.loads(kg("experiment", "show", "--json", "--database", f"sqlite:///{tmp_path}/back.db").stdout)
    assert after == before
    more = kg(*GENERATE, KGENTS_DATABASE_URL=postgres)
    assert more.returncode == 0, more
    assert "marks" in kg("db", "status", KGENTS_DATABASE_URL=postgres).stdout


PLANTED = "planted-0123456789abcdef"


def contents(folder: Path) -> bytes:
    """All that is stored: bytes of the files, and every text of the database as it was before it was deflated."""
    from kgents.store.codec import unpack

    found = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    connection = sqlite3.connect(folder / "kgents.db")
    for (packed,) in connection.execute("SELECT packed FROM blobs"):
        found += unpack(packed)
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
        done = kg("experiment", "export", "mover", file)
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
    assert kg("experiment", "export", "half", "half.jsonl").returncode == 0
    other = {"KGENTS_DATA_DIR": str(tmp_path / "other")}
    assert kg("experiment", "import", "half.jsonl", **other).returncode == 0
    done = kg("experiment", "resume", "half", "--budget-seconds", "600", "--json", "-q", **other)
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
