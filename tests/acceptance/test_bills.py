"""What a run costs: said before it begins, bounded while it goes on, complete when it is over."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment
from kgents.testing.loopback import Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]
KEY = "sk-planted-0123456789abcdef"
SPEC = ("--spec", "def add(a, b): return a + b")
MODEL = ("--model", "anthropic:claude-sonnet-5-5")


def keys(server: Loopback) -> dict[str, str]:
    return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url}


def test_the_expected_bill_is_said_before_the_first_trial(kg: Kg) -> None:
    with Loopback() as server:
        done = kg("experiment", "generate", *SPEC, *MODEL, "--n", "2", **keys(server))
        assert "expected bill: " in done.stderr
        assert "price list" in next(line for line in done.stderr.splitlines() if line.startswith("expected bill"))
        assert "(2 trials)" in done.stderr
        done = kg("experiment", "generate", *SPEC, *MODEL, "--adaptive", "--max-trials", "9", "--json", **keys(server))
        assert "history of 2 trials" in done.stderr
        assert "USD on average whatever the rate" in done.stderr
    plan = json.loads(done.stdout)["config"]["facts"]["coders"][0]
    assert plan["cache"] == "none"
    assert plan["honoured"] == {"max_tokens": True, "seed": False, "temperature": False, "top_p": False}


def test_plan_knows_prices(kg: Kg) -> None:
    done = kg("experiment", "plan", "--model", "openai:gpt-6.1-terra", "--json")
    each = json.loads(done.stdout)["per_trial"]
    assert each["usd"] > 0
    assert each["source"].startswith("price list")
    told = kg("experiment", "plan", "--model", "openai:gpt-6.1-terra").stdout
    assert f"; a run that goes to the cap, 100 trials: {100 * each['usd']:.3f} USD" in told
    unknown = kg("experiment", "plan", "--model", "nosuch").stderr
    assert unknown == "note: the price of nosuch is not known, and no run of it is on record\n"


def test_one_bill_of_two_arms_that_cost_the_same_is_said_once(kg: Kg) -> None:
    """A line that is the same word for word says nothing more."""
    with Loopback() as server:
        arms = ("--arm", "a=anthropic:claude-sonnet-5-5 top_p=0.5", "--arm", "b=anthropic:claude-sonnet-5-5 top_p=0.9")
        done = kg("experiment", "compare", *SPEC, *arms, "--max-trials", "2", **keys(server))
    assert done.stderr.count("expected bill of api, anthropic:claude-sonnet-5-5: ") == 1


def test_a_budget_in_dollars_that_could_never_bind_is_refused(kg: Kg) -> None:
    own = ("--model", "mine", "--base-url", "http://127.0.0.1:9/v1")
    done = kg("experiment", "generate", *SPEC, *own, "--budget-usd", "1", "--json")
    assert done.returncode == 2
    assert "--budget-tokens" in json.loads(done.stdout)["error"]["hint"]
    assert json.loads(kg("experiment", "history", "--json").stdout) == []


def test_a_number_out_of_range_is_refused_before_anything_runs(kg: Kg) -> None:
    done = kg("experiment", "generate", *SPEC, "--model", "simulated", "--requests-per-minute", "0")
    assert done.returncode == 2
    assert "--requests-per-minute" in done.stderr


def test_a_budget_is_asked_before_each_attempt_and_the_run_goes_on_where_it_stopped(kg: Kg) -> None:
    """With eight at once, what was paid for overshoots by the attempts in flight at most; a retry is not paid for."""
    with Loopback([Answer(status=500), Answer(), Answer(status=500, retry_after="0")]) as server:
        done = kg(
            "experiment", "generate", *SPEC, *MODEL, "--n", "6", "--budget-tokens", "18", "--concurrency", "1", "--json",
            **keys(server),
        )  # fmt: skip
        first = json.loads(done.stdout)
        assert done.returncode == 11, done
        assert first["stopped"]["reason"] == "budget-tokens"
        assert first["usage"]["calls"] == len(server.calls) == 2
        server.play(Answer())
        done = kg("experiment", "resume", "--budget-tokens", "10000", "--json", **keys(server))
        assert done.returncode == 0, done
        document = json.loads(done.stdout)
        assert document["usage"]["calls"] == 2 + len(server.calls) == 7
    assert document["evidence"]["trials_success"] == 6
    assert Decimal(str(document["usage"]["cost_usd"])) == 6 * Decimal("0.000092")


def test_a_cancelled_attempt_is_on_the_record(tmp_path: Path) -> None:
    """Two interrupts: what was in flight is void, says nothing, and yet was paid for."""
    with Loopback([Answer(), Answer(latency=600)]) as server:
        running = subprocess.Popen(
            [sys.executable, "-m", "kgents", "experiment", "generate", *SPEC, *MODEL, "--n", "3", "--concurrency", "2", "--json"],
            env={**clean_environment(tmp_path), **keys(server)}, cwd=tmp_path, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while len(server.calls) < 3 and running.poll() is None:
            os.sched_yield()
            time.sleep(0.01)
        for _ in range(2):
            running.send_signal(signal.SIGINT)
            time.sleep(0.3)
        out, said = running.communicate(timeout=60)
    document = json.loads(out)
    assert running.returncode == 130, said
    assert document["usage"]["calls"] == 3
    assert document["usage"]["cost_usd"] is None
    assert document["evidence"]["trials_total"] <= 1  # the first answer may still be judged


def test_a_model_that_changes_in_mid_run_is_a_warning_in_the_record(kg: Kg) -> None:
    script = [Answer(model="claude-sonnet-5-5-1", cached_tokens=9)] * 3 + [
        Answer(model="claude-sonnet-5-5-2", cached_tokens=9)
    ]
    with Loopback(script) as server:
        done = kg("experiment", "generate", *SPEC, *MODEL, "--n", "6", "--concurrency", "1", "--json", **keys(server))
    codes = {warning["code"] for warning in json.loads(done.stdout)["warnings"]}
    assert codes - {"question"} == {"model_drift"}
    assert "claude-sonnet-5-5-2 from trial 3" in kg("witness", "log", "@latest").stdout + done.stdout
