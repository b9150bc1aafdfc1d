"""Every folder of modules is a package: what is none is seen by no check of the layers."""

from pathlib import Path

import kgents


def test_every_folder_of_modules_is_a_package() -> None:
    """Also those of kinds."""
    root = Path(kgents.__file__).parent
    folders = {path.parent for path in root.rglob("*.py")}
    assert len(folders) > 30
    assert [str(folder.relative_to(root)) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []
