"""The documentation as a site: `make docs`. Pages stay plain Markdown that reads well where no Sphinx is."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

project = "kgents"
author = "the authors of kgents"
copyright = "MIT licence"  # noqa: A001 - Sphinx calls it so
release = version = installed("kgents")
extensions = ["myst_parser", "sphinx_llms_txt"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "furo"
html_title = "kgents"
html_static_path: list[str] = []
html_copy_source = True
html_show_sourcelink = False
html_show_sphinx = False
man_pages = [("man", "kg", "decisions about stochastic programs, with stated error rates", [], 1)]
llms_txt_summary = "Decisions about stochastic programs, with stated error rates, from the fewest trials."
