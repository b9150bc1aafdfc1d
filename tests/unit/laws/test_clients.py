"""The probe asks what people have: functions, objects, clients of an API; what they raise is the world's fault."""

from types import SimpleNamespace

import pytest

from kgents.errors import UsageError
from kgents.laws import CategoricalProbeRunner

PROBLEM = "What is 17 + 25?"


async def _async_text(prompt):
    return "The answer is 42."


class Generates:
    def generate(self, prompt):
        return "42"


class GeneratesAsync:
    async def generate(self, prompt, *, temperature=0.0):
        return "42"


class Completions:
    def create(self, *, model, messages):
        assert model == "m"
        assert messages[0]["role"] == "user"
        message = SimpleNamespace(content="The answer is 42.")
        usage = SimpleNamespace(prompt_tokens=7, completion_tokens=3)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], usage=usage)


class AsyncCompletions(Completions):
    async def create(self, *, model, messages):
        return Completions.create(self, model=model, messages=messages)


class Messages:
    def create(self, *, model, max_tokens, messages):
        return SimpleNamespace(content=[SimpleNamespace(text="42")], usage=None)


def openai(completions):
    return SimpleNamespace(chat=SimpleNamespace(completions=completions))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (lambda prompt: "42", None), (lambda prompt, seed: "42", None), (lambda prompt, temperature=0: "42", None),
        (_async_text, None), (Generates(), None), (GeneratesAsync(), None), (openai(Completions()), "m"),
        (openai(AsyncCompletions()), "m"), (SimpleNamespace(messages=Messages()), "m"),
    ],
)  # fmt: skip
async def test_clients(model, name):
    """Every client is asked, and a text is one problem: the law holds or is undecided, no law is made of characters."""
    found = await CategoricalProbeRunner(model, name=name).test(PROBLEM, "label", epsilon=0.5, max_blocks=4)
    assert found.laws[0].law == "label"
    assert found.usage.calls == 16
    assert found.laws[0].unextracted == (0, 0)


async def test_tokens_of_an_api_are_counted():
    found = await CategoricalProbeRunner(openai(Completions()), name="m").test(PROBLEM, "label", max_blocks=2)
    assert (found.usage.input_tokens, found.usage.output_tokens, found.usage.cost_usd) == (56, 24, None)


@pytest.mark.parametrize("laws", ["identity", ["identity"], "identity, label"])
async def test_laws_are_named_as_in_the_docs(laws):
    found = await CategoricalProbeRunner(lambda prompt: "42").test([PROBLEM], laws, max_blocks=1)
    assert {"label", "please"} <= {law.law for law in found.laws}


async def test_errors_of_a_client_are_retried_and_then_counted():
    """A client that fails once in a while costs calls, and no verdict."""
    calls = []

    def ask(prompt):
        calls.append(prompt)
        if len(calls) % 3 == 1:
            raise ConnectionError("reset by peer")
        return "42"

    found = await CategoricalProbeRunner(ask, pause=0).test(PROBLEM, "label", max_blocks=5)
    assert found.laws[0].blocks == 5
    assert found.laws[0].errors == ()
    assert found.usage.calls == len(calls) > 20


async def test_a_client_that_always_fails_leaves_laws_undecided_and_says_why():
    def ask(prompt):
        raise TimeoutError("no answer")

    found = await CategoricalProbeRunner(ask, retries=1, pause=0).test([PROBLEM], ["label", "coherence"])
    assert [law.verdict for law in found.laws] == ["undecided", "undecided"]
    assert set(found.laws[0].errors) == {"TimeoutError: no answer"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: CategoricalProbeRunner(42), "model: int cannot be asked"),
        (lambda: CategoricalProbeRunner(openai(Completions())), "name: a client of an API"),
        (lambda: CategoricalProbeRunner(lambda a, b, c, d: ""), "model: a call needs 4 arguments"),
    ],
)
def test_what_cannot_be_asked_is_named(call, words):
    with pytest.raises(UsageError, match=words):
        call()


@pytest.mark.parametrize(
    ("problems", "laws", "words"),
    [
        ([], "label", "problems: there is none"), (["", "x"], "label", r"problems\[0\]"), ([3], "label", r"problems\[0\]: 3"),
        (PROBLEM, [], "laws: there is none"), (PROBLEM, "i", "laws: there is no law 'i'"),
    ],
)  # fmt: skip
async def test_messages_name_their_parameters(problems, laws, words):
    with pytest.raises(UsageError, match=words):
        await CategoricalProbeRunner(lambda prompt: "42").test(problems, laws)


async def test_a_client_that_gives_no_text_is_refused():
    with pytest.raises(UsageError, match="model: it gives int, not a text"):
        await CategoricalProbeRunner(lambda prompt: 42).test(PROBLEM, "label")
