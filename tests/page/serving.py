"""A record with experiments in it, and `kg ui` over it as a process of its own."""

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

HOSTILE = "<img src=x onerror=alert(1)> </script><script>document.title='taken'</script> \x1b[31mred \u202egnp.exe"
FILL = """
import kgents as kg
HOSTILE = {hostile!r}

def hostile(trial):
    if trial.index % 4 == 3:
        raise ValueError(HOSTILE)
    return True

kg.decide(hostile, target=0.5, max_trials=60, name="hostile", tags=["nightly"], seed=1)
kg.estimate(lambda trial: trial.index % 3 > 0, n={long}, name="long", seed=1)
kg.compare({{"even": lambda trial: trial.index % 2 == 0, "all": lambda: True}}, max_trials=60, name="pairs", seed=1)
for number in range({many}):
    kg.estimate(lambda: True, n=1, name=f"many {{number}}")
"""


def fill(folder: Path, database: str, long: int = 450, many: int = 60) -> None:
    """Experiments of several kinds: one of `long` trials, and `many` small ones last."""
    environment = {**clean_environment(folder), "KGENTS_DATABASE_URL": database}
    script = FILL.format(hostile=HOSTILE, long=long, many=many)
    subprocess.run([sys.executable, "-c", script], env=environment, cwd=folder, check=True, timeout=300)


@dataclass(frozen=True)
class Answer:
    """What the page said."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass
class Page:
    """A running `kg ui`; `cookie` is what a browser would send."""

    url: str
    process: subprocess.Popen[str]
    cookie: str = ""

    @property
    def base(self) -> str:
        """The address without token and path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request, with the cookie where there is one; headers by their names with _ for -."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        sent = {"Cookie": self.cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, headers=sent)
        with connection.getresponse() as response:
            fields = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, fields, response.read().decode())
        connection.close()
        return answer

    def enter(self) -> Answer:
        """Opens the printed address and keeps the cookie."""
        parts = urlsplit(self.url)
        answer = self.ask(f"{parts.path}?{parts.query}")
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer


@contextmanager
def serving(folder: Path, database: str, *words: str) -> Iterator[Page]:
    """`kg ui --no-browser` until the block ends."""
    environment = {**clean_environment(folder), "KGENTS_DATABASE_URL": database}
    process = subprocess.Popen(
        [sys.executable, "-m", "kgents", "ui", "--no-browser", *words], env=environment, cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        match = re.search(r"http://\S+", process.stdout.readline())
        assert match, process.communicate()[1]
        yield Page(match[0], process)
    finally:
        process.terminate()
        process.communicate(timeout=30)
