"""An experiment as HTML: one renderer for the file, the live page and the notebook; no script, nothing from elsewhere."""

from kgents.report.html.page import experiment_file, experiment_part, notebook
from kgents.report.html.picture import main_picture

__all__ = ["experiment_file", "experiment_part", "main_picture", "notebook"]
