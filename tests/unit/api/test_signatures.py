"""The public names and their signatures are those of signatures.txt; a change there is a change for users.

Written anew by: python tests/unit/api/test_signatures.py > tests/unit/api/signatures.txt
"""

import inspect
import sys
from pathlib import Path

import kgents
from kgents.api.options import RunOptions


def signatures() -> str:
    """One line a public function, class, method and property."""
    lines = [f"**options: {', '.join(RunOptions.__annotations__)}"]
    for name in sorted(kgents.__all__):
        value = getattr(kgents, name)
        lines.append(f"{name}{_signature(value)}")
        if isinstance(value, type):
            members = [member for member in sorted(vars(value)) if not member.startswith("_")]
            lines += [f"  {name}.{member}{_signature(vars(value)[member])}" for member in members]
    return "\n".join(lines) + "\n"


def _signature(value: object) -> str:
    """Names, kinds and defaults of the arguments; annotations are written otherwise by every version of Python."""
    if not callable(value):
        return ""
    plain = inspect.Parameter.empty
    signature = inspect.signature(value)
    arguments = [parameter.replace(annotation=plain) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=arguments, return_annotation=inspect.Signature.empty))


def test_the_public_signatures_are_as_published() -> None:
    """Names, arguments and defaults of everything in `kgents.__all__`."""
    assert signatures() == Path(__file__).with_name("signatures.txt").read_text()


if __name__ == "__main__":
    sys.stdout.write(signatures())
