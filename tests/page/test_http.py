"""`kg ui` by a real HTTP client: who is let in, what is refused, what is read and never written."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from serving import Page, fill, serving

from conftest import clean_environment


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """(a home, the URL of a record with experiments)."""
    folder = tmp_path_factory.mktemp("page")
    url = f"sqlite:///{folder}/record.db"
    fill(folder, url)
    return folder, url


@pytest.fixture(scope="module")
def page(record: tuple[Path, str]) -> Iterator[Page]:
    """A page that was entered."""
    with serving(*record) as found:
        found.enter()
        yield found


def test_the_token_is_exchanged_for_a_cookie_that_scripts_and_other_sites_do_not_get(record: tuple[Path, str]) -> None:
    """Without token and cookie nothing is shown; the token leads to an address without it; the cookie is another secret."""
    with serving(*record, "hostile") as page:
        assert page.ask("/").status == 403
        assert page.ask("/?token=wrong").status == 403
        answer = page.enter()
        token = urlsplit(page.url).query.removeprefix("token=")
        assert answer.status == 303
        assert re.fullmatch(r"/e/exp-[0-9a-z]+", answer.headers["location"])
        cookie = answer.headers["set-cookie"]
        assert cookie.endswith("; HttpOnly; SameSite=Strict; Path=/")
        assert token not in cookie
        assert page.ask(answer.headers["location"]).status == 200
        assert page.ask("/", Cookie=page.cookie + "x").status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading_is_answered(page: Page, method: str) -> None:
    """Every method but GET and HEAD is refused."""
    assert page.ask("/", method).status == 405
    assert page.ask("/", "HEAD").status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:80"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "10.0.0.1:8000"}, 421),
        ({"Host": ""}, 421),
        ({"Host": "localhost:9000"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost", "Origin": "https://localhost"}, 403),
        ({"Host": "localhost", "Origin": "http://localhost"}, 200),
    ],
)
def test_other_hosts_and_other_sites_are_refused(page: Page, headers: dict[str, str], status: int) -> None:
    """A name that another server can answer for, and a page of elsewhere, are told nothing; a tunnel's port may differ."""
    assert page.ask("/", **headers).status == status


def test_every_answer_has_the_policy(page: Page) -> None:
    """Pages, refusals, redirections, the script and the stream: nothing from elsewhere, no frame, no cache."""
    for path in ("/", "/e/hostile", "/e/nothing", "/compare", "/live.js", "/none"):
        headers = page.ask(path).headers
        if path != "/none":
            assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"


def test_the_list_filters_and_turns_pages(page: Page) -> None:
    """Fifty a page; text, kind, verdict and tag narrow it; what is no number of a page is the first."""
    first, second = page.ask("/").body, page.ask("/?start=50").body
    assert first.count('class="pick"') == 50
    assert second.count('class="pick"') == 13
    assert "/?start=50" in first
    assert "/?start=0" in second
    assert page.ask("/?text=many+1").body.count('class="pick"') == 11
    assert page.ask("/?text=%25").body.count('class="pick"') == 0
    assert page.ask("/?tag=nightly&verdict=supported").body.count('class="pick"') == 1
    assert "No experiment of these" in page.ask("/?kind=none").body
    assert page.ask("/?start=x").body == first


def test_an_experiment_by_name_and_its_trials_by_pages(page: Page) -> None:
    """A name leads to the id; two hundred trials a page."""
    answer = page.ask("/e/long")
    assert answer.status == 303
    address = answer.headers["location"]
    assert "1 to 200 of 450" in page.ask(address).body
    assert "401 to 450 of 450" in page.ask(f"{address}?start=400").body
    assert "none yet" in page.ask(f"{address}?start=450").body
    assert page.ask("/e/nothing").status == 404


def test_two_experiments_side_by_side_have_different_ids_for_everything(page: Page) -> None:
    """Also an experiment beside itself: no id stands twice on the page."""
    for path in ("/compare?a=hostile&b=long", "/compare?a=pairs&b=pairs"):
        answer = page.ask(path)
        assert answer.status == 200
        found = re.findall(r'\bid="([^"]+)"', answer.body)
        assert len(found) == len(set(found))


def test_a_filter_leads_to_its_series(page: Page) -> None:
    """The list of a tag has a link to the series; one of a verdict has none, and a verdict in its address is ignored."""
    assert "/series?tag=nightly" in page.ask("/?tag=nightly").body
    assert "/series" not in page.ask("/").body + page.ask("/?tag=nightly&verdict=supported").body
    body = page.ask("/series?tag=nightly&verdict=refuted").body
    assert "1 of 1 verdicts stand together" in body or "0 of 1 verdicts stand together" in body
    assert "hostile" in body
    assert "none" in page.ask("/series?tag=never").body


def test_the_stream_sends_what_is_new_and_then_the_end(page: Page) -> None:
    """After the last mark only the end; after an earlier one the page; their id is the number of the mark."""
    address = page.ask("/e/hostile").headers["location"]
    whole = page.ask(f"{address}/events", Last_Event_ID="0").body
    assert whole.startswith("retry: 1000\n\n")
    number, data = re.findall(r"id: (\d+)\nevent: part\ndata: (.*)\n\nevent: end", whole)[0]
    assert "<h1>supported" in json.loads(data)
    assert page.ask(f"{address}/events", Last_Event_ID=number).body == "retry: 1000\n\nevent: end\ndata: 1\n\n"


def test_the_record_stays_byte_for_byte(record: tuple[Path, str], page: Page) -> None:
    """Looking at everything changes no row, and the connection can write nothing."""
    before = _dump(record[0])
    for path in ("/", "/e/hostile", "/compare?a=hostile&b=long"):
        page.ask(path)
    assert _dump(record[0]) == before


def _dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "record.db")) as connection:
        return list(connection.iterdump())


def test_a_record_of_an_older_schema_is_said_and_not_migrated(tmp_path: Path, record: tuple[Path, str]) -> None:
    """The page says which version and how to bring it up to date; once that is done it shows the record."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(record[0] / "record.db")) as source, closing(sqlite3.connect(path)) as copy, copy:
        source.backup(copy)
        (current,) = copy.execute("SELECT revision FROM schema_version").fetchone()
        copy.execute("UPDATE schema_version SET revision = '0001'")
    with serving(tmp_path, f"sqlite:///{path}") as page:
        page.enter()
        answer = page.ask("/")
        assert answer.status == 503
        assert "schema 0001" in answer.body
        assert "kg db upgrade" in answer.body
        with closing(sqlite3.connect(path)) as connection, connection:
            assert connection.execute("SELECT revision FROM schema_version").fetchone() == ("0001",)
            connection.execute("UPDATE schema_version SET revision = ?", (current,))
        assert page.ask("/").status == 200


def test_a_record_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """The page says so, and no file appears."""
    with serving(tmp_path, f"sqlite:///{tmp_path}/none.db") as page:
        page.enter()
        assert "no record there yet" in page.ask("/").body
    assert not (tmp_path / "none.db").exists()


def test_postgres(postgres: str, tmp_path: Path) -> None:
    """The same list, experiment and filters from Postgres."""
    fill(tmp_path, postgres, long=3, many=2)
    with serving(tmp_path, postgres, "@latest") as page:
        assert "/e/exp-" in page.enter().headers["location"]
        assert page.ask("/?text=HOSTILE").body.count('class="pick"') == 1
        assert page.ask("/?tag=nightly").body.count('class="pick"') == 1
        assert page.ask(page.ask("/e/hostile").headers["location"]).status == 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "no experiment answers to 'nothing'"),
        (("--host", "no.such.host.invalid"), "--host no.such.host.invalid"),
    ],
)
def test_what_cannot_be_is_said_at_once(record: tuple[Path, str], words: tuple[str, ...], said: str) -> None:
    """A wrong id or host ends the command with one line and exit code 2."""
    environment = {**clean_environment(record[0]), "KGENTS_DATABASE_URL": record[1]}
    done = subprocess.run(
        [sys.executable, "-m", "kgents", "ui", "--no-browser", *words], env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_with_ui_prints_the_address_and_leaves_no_process(tmp_path: Path) -> None:
    """The address stands on stderr, the answer on stdout; once the run has ended its page ends too."""
    environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": f"sqlite:///{tmp_path}/record.db"}
    command = [sys.executable, "-m", "kgents", "experiment", "run", "--n", "3", "--ui", "--", "true"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("estimate: ")
    assert "http://" not in done.stdout  # stderr was read to its end: whoever held it, the page's process too, has gone
