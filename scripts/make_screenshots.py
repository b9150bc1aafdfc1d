"""Writes the screenshots of docs/page.md: experiments with fixed seeds, `kg ui` over them, Chromium looking at it.

    python scripts/make_screenshots.py [FOLDER]

What is seen but for times and folders is the same every time. Needs the extra `dev` (Playwright) and Chromium.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tests" / "page")]

from serving import Page, serving

from conftest import clean_environment

FLAGS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"]
TEST = """import os
from random import Random

chance = Random(os.environ.get("KGENTS_SEED"))


def test_checkout():
    assert chance.random() < 0.8, "the payment service answered too late"
"""
SPEC = "def mean(xs: list[int]) -> float: return sum(xs) / len(xs) if xs else 0.0"
COMMANDS = (
    ("parse", "--strategy", "strict,repair,lazy_validation", "--n", "400", "--seed", "1", "--name", "parsers"),
    ("compare", "--spec", SPEC, "--arm", "old=simulated:0.5", "--arm", "new=simulated:0.9", "--seed", "3", "--name", "prompts"),
    ("generate", "--spec", SPEC, "--model", "simulated:0.85", "--adaptive", "--target", "0.7", "--seed", "11", "--name",
     "mean of a list"),
    ("run", "--adaptive", "--target", "0.95", "--seed", "6", "--name", "checkout", "--", "python", "-m", "pytest", "-q",
     "test_checkout.py"),
)  # fmt: skip
NIGHTS = """
import kgents as kg
for night in range(24):
    rate = 0.98 if night < 16 else 0.8
    kg.decide(lambda trial: trial.rng.random() < rate, target=0.9, confidence=0.999, max_trials=1000, seed=night,
              name=f"night {night + 1}", tags=["nightly"])
"""


@dataclass(frozen=True)
class Shot:
    """A picture: what is opened, how wide and how high the window is, and in which colours."""

    path: str
    width: int = 1200
    height: int = 900
    scheme: Literal["light", "dark"] = "light"


SHOTS: Mapping[str, Shot] = {
    "page-list": Shot("/", 1200, 760),
    "page-experiment": Shot("/e/checkout", 1200, 1000),
    "page-dark": Shot("/e/prompts", 1200, 900, "dark"),
    "page-series": Shot("/series?tag=nightly", 1200, 900),
    "page-phone": Shot("/e/mean of a list", 320, 900),
}


def record(folder: Path) -> str:
    """The record, and the experiments in it."""
    url = f"sqlite:///{folder}/record.db"
    environment = {**clean_environment(folder), "KGENTS_DATABASE_URL": url, "KGENTS_NO_USER": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    (folder / "test_checkout.py").write_text(TEST)
    subprocess.run([sys.executable, "-c", NIGHTS], env=environment, cwd=folder, check=True)
    for command in COMMANDS:
        words = [sys.executable, "-m", "kgents", "experiment", *command[:1], "-q", *command[1:]]
        subprocess.run(words, env=environment, cwd=folder, check=False, capture_output=True)
    return url


def shoot(page: Page, target: Path, shots: Mapping[str, Shot] = SHOTS) -> None:
    """Takes them."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name, shot in shots.items():
            context = browser.new_context(
                viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme
            )
            view = context.new_page()
            view.goto(page.url)
            view.goto(page.base + shot.path)
            view.screenshot(path=str(target / f"{name}.png"))
            context.close()
        browser.close()


def main() -> None:
    """Writes the files."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder, record(folder)) as page:
            shoot(page, target)


if __name__ == "__main__":
    main()
