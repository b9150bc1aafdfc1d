"""An experiment as an in-toto Statement in a DSSE envelope, and signatures with ssh keys (`ssh-keygen -Y`).

The statement's subject is the chain: its name and the SHA-256 of its head. Anyone who has the record can recompute it.
References: in-toto Attestation Framework v1 (Statement); DSSE v1 (envelope, PAE).
"""

import base64
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TypedDict

from kgents.domain.json import Json, canonical
from kgents.domain.summary import Summary
from kgents.errors import UsageError, WorldError

PAYLOAD = "application/vnd.in-toto+json"
PREDICATE = "https://kgents.dev/experiment/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
_MAKE_ONE = "make one: kg witness export ID -o FILE"
_RESULTS = {"supported": "PASSED", "estimate": "PASSED", "inconclusive": "WARNED", "refuted": "FAILED"}
_LISTS = {"PASSED": "passedTests", "WARNED": "warnedTests", "FAILED": "failedTests"}
NAMESPACE = "kgents"


def statement(summary: Summary, predicate: str = "experiment") -> dict[str, Json]:
    """The statement about where the chain ends; UsageError for a test result of an experiment without a verdict.

    predicate  "experiment" (what was planned and decided) or "test-result" (in-toto's own, which policies understand)
    """
    about, content = (PREDICATE, _experiment(summary)) if predicate == "experiment" else _test_result(summary)
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": summary.plan.experiment, "digest": {"sha256": summary.head}}],
        "predicateType": about,
        "predicate": content,
    }


def _experiment(summary: Summary) -> dict[str, Json]:
    decision = summary.decision
    return {
        "plan": summary.plan.without_names().to_data(),
        "decision": decision.to_data() if decision else None,
        "status": summary.status.value,
        "marks": summary.size,
        "created": summary.created_at.isoformat(),
        "completed": summary.completed_at.isoformat() if summary.completed_at else None,
    }


def _test_result(summary: Summary) -> tuple[str, dict[str, Json]]:
    if summary.verdict is None:
        raise UsageError(
            f"{summary.plan.experiment} has no verdict yet", "kg experiment resume, or leave --predicate out"
        )
    result = _RESULTS[summary.verdict.value]
    tests: dict[str, list[str]] = {name: [] for name in _LISTS.values()}
    tests[_LISTS[result]].append(summary.plan.without_names().name or summary.plan.experiment)
    configuration: Json = [{"name": "plan", "digest": {"sha256": summary.plan.config}}]
    return TEST_RESULT, {"result": result, "configuration": configuration, **tests}


class Signature(TypedDict):
    """One signature, in base64, and the fingerprint of its key."""

    keyid: str
    sig: str


class Envelope(TypedDict):
    """A DSSE envelope; `payload` is base64."""

    payloadType: str
    payload: str
    signatures: list[Signature]


def envelope(summary: Summary, predicate: str = "experiment") -> Envelope:
    """The statement in an envelope without signatures."""
    payload = canonical(statement(summary, predicate))
    return {"payloadType": PAYLOAD, "payload": base64.b64encode(payload).decode(), "signatures": []}


def encoding(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(document: Envelope, key: Path) -> Envelope:
    """The envelope with one more signature, by the ssh key in this file."""
    if not key.is_file():
        raise UsageError(f"--key {key}: there is no such file", "an ssh key, such as ~/.ssh/id_ed25519")
    message = encoding(document["payloadType"], base64.b64decode(document["payload"]))
    done = _ssh_keygen(["-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key)], message)
    signature: Signature = {"keyid": _fingerprint(key), "sig": base64.b64encode(done).decode()}
    return {**document, "signatures": [*document["signatures"], signature]}


def _fingerprint(key: Path) -> str:
    """SHA256:… of the key, as ssh-keygen names it."""
    words = _ssh_keygen(["-l", "-f", str(key)], b"").decode().split()
    return next((word for word in words if word.startswith("SHA256:")), "ssh")


def subject(document: Envelope) -> tuple[str, str]:
    """The experiment that an envelope is about, and the head of its chain (hex). UsageError where it says nothing of it."""
    try:
        statement = json.loads(base64.b64decode(document["payload"]))
        (about,) = statement["subject"]
        return str(about["name"]), str(about["digest"]["sha256"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise UsageError(f"the payload is no statement of ours: {wrong}", "make one: kg witness export") from wrong


def check_signature(document: Envelope, signers: Path, identity: str) -> bool:
    """Whether one of the signatures is by `identity`, according to a file of allowed signers (ssh-keygen(1))."""
    message = encoding(document["payloadType"], base64.b64decode(document["payload"]))
    for signature in document["signatures"]:
        with tempfile.NamedTemporaryFile(suffix=".sig") as file:
            file.write(base64.b64decode(signature["sig"]))
            file.flush()
            options = ["-Y", "verify", "-n", NAMESPACE, "-f", str(signers), "-I", identity, "-s", file.name]
            try:
                _ssh_keygen(options, message)
            except WorldError:
                continue
            return True
    return False


def _ssh_keygen(options: list[str], message: bytes) -> bytes:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise WorldError("ssh-keygen is not installed", "install the OpenSSH client")
    done = subprocess.run([program, *options], input=message, capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise WorldError(
            f"ssh-keygen: {done.stderr.decode(errors='replace').strip()}", "is the key readable, without a passphrase?"
        )
    return done.stdout


def read_envelope(path: Path) -> Envelope:
    """An envelope from a file. UsageError where it is none."""
    try:
        envelope: Envelope | None = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(envelope, dict) and {"payloadType", "payload", "signatures"} <= set(envelope):
            return envelope
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read: {wrong.strerror}", "name a file that can be read") from wrong
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{path} is no DSSE envelope: it is no JSON", _MAKE_ONE) from wrong
    raise UsageError(f"{path} is no DSSE envelope", _MAKE_ONE)
