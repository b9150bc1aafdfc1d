"""`kg ui` in a real browser: a run is followed to its verdict, nothing comes from elsewhere, nothing is said on the console."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from serving import HOSTILE, Page, fill, serving

from conftest import clean_environment

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = (320, 1200, 2000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, by Playwright."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("NOT RUN: browser (no chromium is installed)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, Path]]:
    """(a running page, its home)."""
    folder = tmp_path_factory.mktemp("browser")
    url = f"sqlite:///{folder}/record.db"
    fill(folder, url)
    with serving(folder, url) as found:
        yield found, folder


class Tab:
    """A tab that keeps what is said on its console and what it asks for."""

    def __init__(self, browser: Any, page: Page, width: int = 1200, scheme: str = "light") -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.view = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.view.on("console", lambda message: self.said.append(message.text))
        self.view.on("pageerror", lambda error: self.said.append(str(error)))
        self.view.on("request", lambda request: self.asked.append(request.url))
        self.base = page.base
        self.view.goto(page.url)

    def check(self) -> None:
        """Nothing on the console, nothing from elsewhere."""
        assert self.said == []
        assert [url for url in self.asked if not url.startswith((self.base, "data:"))] == []


PLACES = (
    "/",
    "/e/hostile",
    "/e/pairs",
    "/e/long",
    "/compare?a=hostile&b=long",
    "/series?tag=nightly",
    "/series?text=many",
    "/e/nothing",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_in_both_colours_and_fits_every_width(
    browser: Any, page: tuple[Page, Path], scheme: str
) -> None:
    """axe-core finds no violation; nothing is wider than the window; nothing is said, nothing loaded from elsewhere."""
    from axe_playwright_python.sync_playwright import Axe

    tab = Tab(browser, page[0], scheme=scheme)
    for place in PLACES:
        tab.view.goto(tab.base + place)
        found = Axe().run(tab.view)
        assert found.violations_count == 0, f"{place}: {found.generate_report()}"
        for width in WIDTHS:
            tab.view.set_viewport_size({"width": width, "height": 900})
            assert tab.view.evaluate("document.documentElement.scrollWidth") <= width, f"{place} at {width}"
    tab.said = [text for text in tab.said if "404" not in text]  # of /e/nothing, which is meant
    tab.check()


def test_hostile_answers_stay_text(browser: Any, page: tuple[Page, Path]) -> None:
    """What a program said is seen as it was said, and nothing of it happens."""
    tab = Tab(browser, page[0])
    tab.view.goto(tab.base + "/e/hostile")
    body = tab.view.inner_text("body")
    assert "<img src=x onerror=alert(1)> </script><script>document.title='taken'</script>" in body
    assert "⟨U+202E⟩gnp.exe" in body
    assert HOSTILE not in body
    assert tab.view.title().startswith("hostile")
    assert tab.view.locator("img").count() == 0
    tab.check()


def test_filter_then_compare(browser: Any, page: tuple[Page, Path]) -> None:
    """A text in the filter narrows the list; two picked experiments stand side by side."""
    tab = Tab(browser, page[0])
    tab.view.get_by_label("tag").fill("nightly")
    tab.view.get_by_role("button", name="filter").click()
    assert tab.view.locator("tbody tr").count() == 1
    tab.view.goto(tab.base + "/?start=50")
    rows = tab.view.locator("tbody tr")
    rows.filter(has_text="hostile").get_by_role("radio").first.check()
    rows.filter(has_text="pairs").get_by_role("radio").last.check()
    tab.view.get_by_role("button", name="side by side").click()
    assert "supported" in tab.view.inner_text("main section >> nth=0").lower()
    assert "Pairs: who won" in tab.view.inner_text("main section >> nth=1")
    tab.check()


def test_a_page_prints(browser: Any, page: tuple[Page, Path]) -> None:
    """A PDF of A4 pages, the colours of paper also in the dark."""
    tab = Tab(browser, page[0], scheme="dark")
    tab.view.goto(tab.base + "/e/hostile")
    content = tab.view.pdf(format="A4")
    assert content.startswith(b"%PDF")
    tab.view.emulate_media(media="print", color_scheme="dark")
    assert tab.view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    tab.check()


def test_a_run_is_followed_to_its_verdict(browser: Any, page: tuple[Page, Path]) -> None:
    """A page that is open before the run ends shows its verdict without a reload; a detail that was opened stays open."""
    import subprocess

    found, folder = page
    gate = folder / "gate"
    line = f'test "$KGENTS_TRIAL" -lt 4 || until test -e {gate}; do sleep 0.05; done; test $((KGENTS_TRIAL % 4)) -ne 3'
    environment = {**clean_environment(folder), "KGENTS_DATABASE_URL": f"sqlite:///{folder}/record.db"}
    words = ("experiment", "run", "--n", "12", "--name", "live", "-q", "--concurrency", "1", "--", "sh", "-c", line)
    with subprocess.Popen([sys.executable, "-m", "kgents", *words], env=environment, stdout=subprocess.DEVNULL) as run:
        tab = Tab(browser, found)
        tab.view.wait_for_function("() => true")
        while tab.view.goto(tab.base + "/e/live").status == 404:
            assert run.poll() is None
        tab.view.get_by_text("4 trials so far").or_(tab.view.get_by_text("of 4 trials so far")).first.wait_for()
        tab.view.locator("#marks summary").click()
        tab.view.evaluate("window.stayed = true")
        gate.touch()
        tab.view.get_by_role("heading", name=re.compile("^estimate: .* 9 of 12")).wait_for()
        tab.view.locator("#sign", has_text="finished").wait_for()
        assert tab.view.evaluate("window.stayed")
        assert tab.view.evaluate("document.getElementById('marks').open")
        assert tab.view.title() == "live · estimate"
        assert run.wait(timeout=60) == 0
    tab.said = [text for text in tab.said if "404" not in text]
    tab.check()


def test_a_report_file_needs_nothing(browser: Any, page: tuple[Page, Path]) -> None:
    """The file on its own: no console message, no request but for itself, accessible."""
    import subprocess

    from axe_playwright_python.sync_playwright import Axe

    found, folder = page
    environment = {**clean_environment(folder), "KGENTS_DATABASE_URL": f"sqlite:///{folder}/record.db"}
    command = [sys.executable, "-m", "kgents", "experiment", "report", "hostile", "-o", "x.html"]
    subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, timeout=120)
    tab = Tab(browser, found)
    tab.asked.clear()
    tab.view.goto(f"file://{folder}/x.html")
    assert tab.asked == [f"file://{folder}/x.html"]
    assert tab.said == []
    assert Axe().run(tab.view).violations_count == 0
