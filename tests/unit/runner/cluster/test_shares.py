"""Limits per key, shared over workers, and the addresses and clocks of a run."""

import pytest

from kgents.errors import UsageError
from kgents.harness.limiter import Limiter, Limiters
from kgents.runner.cluster.address import Clocks, workers_at
from kgents.runner.cluster.shares import Shares, least_limit


@pytest.mark.parametrize("limit", [1, 7, 60, 61])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_parts_add_up_to_the_limit(limit: int, count: int) -> None:
    """Exactly, whatever does not divide."""
    parts = []
    for place in range(count):
        limiter = Limiters(share=(place, count)).of("key", lambda: Limiter(limit, 10 * limit))
        parts.append((limiter._requests, limiter._tokens))
    assert [sum(part) for part in zip(*parts, strict=True)] == [limit, 10 * limit]


def test_a_place_is_free_a_minute_after_its_worker_left() -> None:
    """So that no minute sees more than the limit; whoever has one keeps it."""
    shares = Shares(2)
    assert [shares.take(name, 0.0) for name in ("a", "b", "c", "a")] == [(0, 2), (1, 2), None, (0, 2)]
    shares.vacate("a", 10.0)
    assert shares.take("c", 69.9) is None
    assert shares.take("c", 70.0) == (0, 2)


def test_without_limits_everybody_has_all() -> None:
    """There is nothing to share."""
    assert Shares(None).take("a", 0.0) == (0, 1)


def test_the_least_limit_of_requests_bounds_the_workers() -> None:
    """Of all coders, however deep they stand; limits of tokens alone bound nobody."""
    coders = [{"requests_per_minute": 9}, {"deep": {"requests_per_minute": 4, "tokens_per_minute": 2}}]
    assert least_limit({"coders": coders}) == 4
    assert least_limit({"coders": [{"tokens_per_minute": 2}]}) == 1_000_000
    assert least_limit({"coders": [{"model": "x"}], "prompt": "requests_per_minute"}) is None


def test_clocks_are_named_seconds() -> None:
    """What is not named keeps its default."""
    assert Clocks.read("lease=5, ttl=2.5") == Clocks(lease=5, ttl=2.5)
    assert Clocks.read(None) == Clocks()
    for wrong in ("lease", "lease=0", "rent=5", "lease=nan", "lease=5;ttl=3"):
        with pytest.raises(UsageError, match="NAME=SECONDS"):
            Clocks.read(wrong)


def test_python_and_the_command_line_name_their_own_parameters() -> None:
    """An error says what to change where the address was given."""
    with pytest.raises(UsageError) as raised:
        workers_at("tcp://10.0.0.1:8786", None, False, name="workers =")
    assert raised.value.message.startswith("workers = tcp://10.0.0.1:8786")
    assert "--insecure" not in str(raised.value.hint)
    with pytest.raises(UsageError) as raised:
        workers_at("tls://10.0.0.1:8786", None, False)
    assert "--workers-tls DIR" in str(raised.value.hint)
    assert workers_at("tcp://10.0.0.1:8786", None, True).secure is False
