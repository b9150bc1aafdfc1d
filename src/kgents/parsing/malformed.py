"""The published corpus of malformed answers: `kgents-malformed-v2.jsonl`, a text and its truth a line.

Keys of a line: id · text · level (what is known about the truth) · truth (null where level is none) · also (other answers
that are as right) · class, kind (the mutator) · reason (why the truth is what it is) · source (where it was seen). For
level prefix: whole (paths of the leaves that are complete in the text). The file is made by the mutators with fixed seeds;
a published version never changes. Version 1 has fewer kinds.
"""

import json
from collections.abc import Iterator
from importlib.resources import files

from kgents.parsing.corpora import built_in
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Mutator, mutators
from kgents.parsing.source import Input, broken

VERSION = "kgents-malformed-v2"
EACH = 4  # texts per kind
LONGEST = 600  # characters of a text
LOOPS = 5000  # characters of a text with a loop in it
SEEDS = 400  # documents that are tried per kind
SOURCES = {
    "quotation": "reports of json_repair #26 #49 #56 #85 #94 #189, fix-busted-json #5, BAML #844",
    "fences": "reports of langchain #5428 #9535 #9654 #19646, langchainjs #6734 #8339, MemberJunction #4137",
    "escapes": "reports of anything-llm #5908, OpenMAIC #658, LightRAG #3238, graphiti #1204, vercel/ai #15865 #15866",
    "calls": "reports of vllm #16190, sglang #31763, forge #56, dspy #8264 #8539 #8901, litellm #20543 #40582, llm #1130, "
             "pydantic-ai #81 #5259",
    "leftovers": "reports of inspect_ai #4822, vllm #4093 #18791 #48975, mastra #13826, outlines #916, ollama #2605",
    "brackets": "reports of json_repair #172 #173, jsonrepair #147, jiter #162, vllm #21544",
    "bare": "tests of jsonrepair and json_repair",
    "thoughts": "reports of DeepSeek-R1 #352, open-webui #9808, vllm #13125",
}  # fmt: skip
GENERAL = "outputs of models as the documentation of JSON repairers lists them"


def made() -> Iterator[dict[str, object]]:
    """The lines of the corpus, made anew."""
    for mutator in mutators("json"):
        if mutator.family == "bombs":
            continue
        for number, case in enumerate(_texts(mutator), 1):
            yield _line(f"{mutator.name}-{number}", mutator, case)


def _texts(mutator: Mutator) -> Iterator[Input]:
    """A few short inputs of one kind, no two alike."""
    texts: set[str] = set()
    longest = LOOPS if mutator.name == "loop_tail" else LONGEST
    for seed in range(SEEDS):
        draw = Draw(seed)
        case = broken(built_in("json" if seed % 3 == 2 else "llm-json").draw(draw), (mutator,), mutator, draw)
        if case is not None and len(case.text) <= longest and case.text not in texts:
            texts.add(case.text)
            yield case
            if len(texts) == EACH:
                return


def _line(name: str, mutator: Mutator, case: Input) -> dict[str, object]:
    line: dict[str, object] = {
        "id": name, "text": case.text, "level": case.level.value,
        "truth": None if case.level is Level.NONE else case.truth, "also": list(case.also), "class": mutator.family,
        "kind": mutator.name, "reason": mutator.reason, "source": SOURCES.get(mutator.family, GENERAL),
    }  # fmt: skip
    if case.whole is not None:
        line["whole"] = [list(path) for path in case.whole]
    return line


def published(version: str = VERSION) -> list[dict[str, object]]:
    """The lines of the corpus as they were published, by default of the newest version."""
    text = (files("kgents.parsing") / "data" / f"{version}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
