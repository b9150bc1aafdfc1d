"""A spec with probes does what it does without, also where it compares numbers of numpy."""

import pytest

from kgents.verify.reference.inside.observing import Program
from kgents.verify.reference.inside.probes import Probes, instrumented

SPECS = {
    "a float of numpy": "import numpy as np\ndef f(n):\n    return 1 if np.float64(n) > 0 else 2\n",
    "an int of numpy": "import numpy as np\ndef f(n):\n    return 1 if np.int64(n) > 0 else 2\n",
    "an element": "import numpy as np\ndef f(n):\n    xs = np.array([n, 0.5])\n    return 1 if xs[0] > 0 else 2\n",
    "a mean": "import numpy as np\ndef f(n):\n    return 1 if 0 < np.array([n, n]).mean() else 2\n",
    "an array": "import numpy as np\ndef f(n):\n    return (np.array([n, 0.5]) > 0).tolist()\n",
    "a kind of float": "class F(float):\n    def __lt__(self, other): return True\ndef f(n):\n    return F(n) < 0\n",
}


@pytest.mark.parametrize("name", SPECS)
def test_probes_change_no_answer(name: str) -> None:
    """And what was met differs with the answer."""
    probes = Probes()
    probed = Program(instrumented(SPECS[name]), "f", names=probes.names)
    plain = Program(SPECS[name], "f")
    met = []
    for value in (-2.0, 3.0):
        probes.clear()
        seen, want = probed.call((value,), 1.0), plain.call((value,), 1.0)
        assert (seen.raised, seen.answer) == ((), want.answer)
        met.append(frozenset(probes.met))
    if name not in ("an array", "a kind of float"):
        assert met[0] != met[1]
