"""What candidates do besides answering, against a spec that does less: exceptions, files, prints, coroutines."""

from collections.abc import Iterator

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.oracle import Oracle
from kgents.verify.reference.inside.kinds import happened, kinds_of
from kgents.verify.verifier import SandboxVerifier

DIVIDE = "def div(a: int, b: int) -> int:\n    return a // b\n"
SAVE = (
    "def save(path: str, text: str) -> int:\n"
    "    with open(path, 'w') as file:\n        return file.write(text.strip() + chr(10))\n"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def divide(sandbox: Sandbox) -> Oracle:
    return choose_oracle(DIVIDE, None, sandbox)


def test_a_class_that_only_goes_by_the_name_of_a_builtin_is_another() -> None:
    """By identity, whatever it says its name is; one that derives from the builtin is one."""
    named = type("ZeroDivisionError", (Exception,), {})
    derived = type("Mine", (ZeroDivisionError,), {})
    assert kinds_of(named())[0] == "another ZeroDivisionError"
    assert kinds_of(derived())[:2] == ("Mine", "ZeroDivisionError")
    assert happened(kinds_of(named()))
    assert not happened(kinds_of(type("Both", (SystemExit, Exception), {})()))
    assert not any(happened(kinds_of(kind())) for kind in (SystemExit, KeyboardInterrupt, GeneratorExit, BaseException))


LEAVING = {
    "SystemExit under another name": "class _Z(SystemExit): pass\n_Z.__name__ = 'ZeroDivisionError'\n",
    "KeyboardInterrupt under another name": "class _Z(KeyboardInterrupt): pass\n_Z.__name__ = 'ZeroDivisionError'\n",
    "GeneratorExit": "_Z = GeneratorExit\n",
    "a class of both kinds": "class _Z(SystemExit, Exception): pass\n",
    "BaseException": "class _Z(BaseException): pass\n_Z.__qualname__ = 'ZeroDivisionError'\n",
    "a name that is asked": "class M(type):\n    __name__ = 'ZeroDivisionError'\nclass _Z(SystemExit, metaclass=M): pass\n",
}


@pytest.mark.parametrize("name", LEAVING)
def test_what_ends_a_program_is_no_exception_that_happened(sandbox: Sandbox, divide: Oracle, name: str) -> None:
    """Where the spec divides by zero any exception will do, but none that leaves."""
    code = f"{LEAVING[name]}def div(a, b):\n    if b == 0:\n        raise _Z\n    return a // b\n"
    assert SandboxVerifier(divide, sandbox).judge(code).success is False


HONEST = {
    "any exception": "def div(a, b):\n    if b == 0:\n        raise ValueError('b')\n    return a // b\n",
    "a coroutine": "async def div(a, b):\n    return a // b\n",
    "a word while it works": "def div(a, b):\n    print('dividing', a, b)\n    return a // b\n",
    "a temporary file": (
        "import tempfile\ndef div(a, b):\n    with tempfile.TemporaryFile('w+') as file:\n"
        "        file.write(str(a)); file.seek(0)\n        return int(file.read()) // b\n"
    ),
    "a folder made on loading": (
        "import pathlib, tempfile\nHERE = pathlib.Path(tempfile.mkdtemp())\ndef div(a, b):\n"
        "    (HERE / 'a').write_text(str(a))\n    return int((HERE / 'a').read_text()) // b\n"
    ),
    "a log in its folder": "def div(a, b):\n    with open('log', 'a') as file: file.write('x')\n    return a // b\n",
    "TMPDIR": (
        "import os\ndef div(a, b):\n    path = os.path.join(os.environ['TMPDIR'], 'n')\n"
        "    with open(path, 'w') as file: file.write(str(b))\n    return a // int(open(path).read())\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_what_the_spec_does_nothing_of_is_not_held_against_a_candidate(
    sandbox: Sandbox, divide: Oracle, name: str
) -> None:
    """Files of its own, prints where the spec never prints, and an `async` before `def`."""
    judged = SandboxVerifier(divide, sandbox).judge(HONEST[name])
    assert (judged.success, judged.error) == (True, None)


def test_files_are_compared_where_the_spec_makes_files(sandbox: Sandbox) -> None:
    """Name and content; another that is left is a difference, a temporary one that is gone is none."""
    verifier = SandboxVerifier(choose_oracle(SAVE, None, sandbox), sandbox)
    kept = "import tempfile, shutil\nBASE = tempfile.mkdtemp()\n" + SAVE
    assert verifier.judge(SAVE.replace("text.strip()", "text.strip(None)")).success is True
    assert verifier.judge(kept.replace("def save", "shutil.rmtree(BASE)\ndef save")).success is True
    judged = verifier.judge(SAVE + "old = save\ndef save(p, t):\n    open('more', 'w').close()\n    return old(p, t)\n")
    assert judged.success is False
    assert "more" in str(judged.error)
    assert verifier.judge(SAVE.replace(".strip()", "")).success is False


def test_statuses_are_compared_as_the_shell_sees_them(sandbox: Sandbox) -> None:
    """No status is 0; another is a difference."""
    spec = "import sys\ndef check(n: int) -> str:\n    if n % 3 == 0:\n        sys.exit()\n    return str(n % 7)\n"
    verifier = SandboxVerifier(choose_oracle(spec, None, sandbox), sandbox)
    assert verifier.judge(spec.replace("sys.exit()", "raise SystemExit(0)")).success is True
    assert verifier.judge(spec.replace("sys.exit()", "sys.exit(1)")).success is False
    assert verifier.judge(spec.replace("sys.exit()", "raise ValueError")).success is False
