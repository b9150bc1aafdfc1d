"""Makes data/flaky.json: the outcomes of real flaky programs, in the order in which they ran.

Each program is a test that holds or not depending on the order of a set of strings (hash randomisation), on addresses
(layout randomisation) or on which of two threads comes first; every trial is a fresh interpreter.
"""

import json
import subprocess
import sys
from pathlib import Path

TRIALS = 120
WORDS = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay", "kiwi", "lark"]

PROGRAMS = {
    **{
        f"first of {size} is among {kept}": f"import sys; sys.exit(next(iter(set({WORDS[:size]}))) not in {WORDS[:kept]})"
        for size, kept in ((2, 1), (3, 1), (3, 2), (4, 3), (5, 1), (5, 4), (8, 7), (10, 1), (12, 11), (12, 5), (7, 4))
    },
    **{
        f"{word} hashes below {share}/8": f"import sys; sys.exit(hash({word!r}) % 8 >= {share})"
        for word, share in (("lion", 1), ("wolf", 3), ("bear", 4), ("crow", 5), ("deer", 6), ("frog", 7))
    },
    "sets print alike": f"import sys; sys.exit(str(set({WORDS[:4]})) != str(set({WORDS[3::-1]})))",
    "addresses rise": "import sys; a, b = [1], [2]; sys.exit(id(a) > id(b))",
    "page of an object is even": "import sys; sys.exit(id([]) // 4096 % 2)",
    "page of an object is no multiple of 8": "import sys; sys.exit(not id([]) // 4096 % 8)",
    "threads do not race": (
        "import sys, threading; seen = []\n"
        "def run(name):\n    for _ in range(300): seen.append(name)\n"
        "a = threading.Thread(target=run, args=('a',)); b = threading.Thread(target=run, args=('b',))\n"
        "b.start(); a.start(); a.join(); b.join()\nsys.exit(hash(tuple(seen[:3])) % 10 < 1)"
    ),
}


def main() -> None:
    """Runs every program and writes the record."""
    record = {}
    for name, program in PROGRAMS.items():
        argv = [sys.executable, "-I", "-S", "-c", program]
        codes = [subprocess.run(argv, check=False).returncode for _ in range(TRIALS)]
        record[name] = "".join("1" if code == 0 else "0" for code in codes)
        print(f"{record[name].count('1'):>4} of {TRIALS}  {name}")
    target = Path(__file__).parent / "data" / "flaky.json"
    target.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
