"""The program in an answer, as a person would read it."""

from time import process_time
from typing import Any

import pytest

from kgents.domain.outcome import Cause
from kgents.harness.extraction import Extraction
from kgents.harness.extraction.reasoning import markers
from kgents.testing.reading import taken as read

ADD = "def add(a, b):\n    return a + b\n"
SAME = "def add(a, b):\n    total = a\n    total += b\n    return total\n"
DRAFT = "def add(a, b):\n    # a first draft with a mistake, and longer\n    result = a - b\n    return result\n"
TESTS = "assert add(1, 2) == 3\nfor n in range(10):\n    assert add(n, 1) == n + 1\nprint('all of the tests passed')\n"
IMPORT = "import operator\n"
PLUS = "def _plus(x, y):\n    return operator.add(x, y)\n"
IMPORTED = "def add(a, b):\n    return operator.add(a, b)\n"
WITH_ZERO = "def add(a, b):\n    return a + b + ZERO\n"
USER = "<|im_start|>user\nNow subtract.<|im_end|>\n<|im_start|>assistant"
HELPER = "def _plus(x, y):\n    return x + y\n"
MAIN = "def add(a, b):\n    return _plus(a, b)\n"
STEM = 'from typing import List\n\n\ndef add(a: int, b: int) -> int:\n    """The sum."""\n'


def taken(answer: str, names: tuple[str, ...] = ("add",), stem: str = "") -> Extraction:
    """What is taken out of an answer."""
    return read(answer, names, stem)


def block(code: str, language: str = "python", fence: str = "```") -> str:
    return f"{fence}{language}\n{code}{fence}"


def indented(text: str, margin: str) -> str:
    return "".join(margin + line for line in text.splitlines(keepends=True))


FORMS = {
    "a sole block": block(ADD),
    "no language": block(ADD, ""),
    "tildes": block(ADD, "py", "~~~"),
    "four ticks": block(ADD, "python", "````"),
    "attributes": block(ADD, 'python title="add.py" linenums'),
    "capital language": block(ADD, "Python"),
    "carriage returns": block(ADD).replace("\n", "\r\n"),
    "only carriage returns": block(ADD).replace("\n", "\r"),
    "blank lines around": f"\n\n\n{block(ADD)}\n\n\n",
    "prose around": f"Sure, here it is:\n\n{block(ADD)}\n\nIt adds.",
    "prose that touches": f"Here it is:\n{block(ADD)}\nIt adds.",
    "bare code": ADD,
    "bare code after a sentence": f"Here is the function:\n\n{ADD}",
    "bare code before a sentence": f"{ADD}\nThis adds the two numbers.",
    "bare code before a word": f"{ADD}\nDone",
    "bare code between sentences": f"The function:\n\n{ADD}\nIt runs in O(1). Enjoy!",
    "bare code in two parts": f"First a helper:\n\n{HELPER}\nand then the function:\n\n{MAIN}\nThat is all.",
    "bare code and a cut definition": f"{ADD}\n\ndef more(a,",
    "bare code and a cut string": f'{ADD}\n\ndef more(a):\n    """Ad',
    "bare code with imports": f"We need math.\n\nimport math\n\n{ADD}",
    "bare code and a heading": f"# Solution\n\n{ADD}",
    "bare code in tags": f"<code>\n{ADD}</code>",
    "bare code in answer tags": f"<answer>\n{ADD}</answer>",
    "block in answer tags": f"<answer>\n{block(ADD)}\n</answer>",
    "block in details": f"<details><summary>Code</summary>\n{block(ADD)}\n</details>",
    "an unclosed block": f"```python\n{ADD}",
    "an unclosed block, no last line end": f"```python\n{ADD}".rstrip(),
    "a block that was never opened": f"{ADD}```",
    "a block that was never opened, with prose": f"{ADD}```\nThis adds.",
    "a glued closing fence": f"```python\n{ADD.rstrip()}```",
    "a glued closing fence and prose": f"```python\n{ADD.rstrip()}```\n\nThat is it.",
    "an opening fence behind a colon": f"Here you go: ```python\n{ADD}```",
    "an opening fence behind a colon, no language": f"Here you go: ```\n{ADD}```",
    "both": f"Here you go: ```python\n{ADD.rstrip()}```",
    "in a numbered list": "1. Do this:\n" + indented(block(ADD), "   "),
    "in a bullet list": "- Do this:\n\n" + indented(block(ADD), "  "),
    "in a list, indented more": "1. Do this:\n" + indented(block(ADD), "      "),
    "in a nested list": "1. One\n   - Two\n\n" + indented(block(ADD), "     "),
    "in a list, after an item": "* one\n* two\n" + indented(block(ADD), "  ") + "\n* three",
    "indented by four": indented(block(ADD), "    "),
    "indented by a tab": indented(block(ADD), "\t"),
    "in a block quote": indented(block(ADD), "> "),
    "in a block quote with prose": "As he said:\n\n> Use this:\n>\n" + indented(block(ADD), "> ") + "\n\nThat is it.",
    "in a quote in a list": "- so:\n" + indented(block(ADD), "  > "),
    "set apart by an indent": f"Do this:\n\n{indented(ADD, '    ')}\nDone.",
    "bare code and a fenced usage": f"{ADD}\nUsage:\n{block('print(add(1, 2))' + chr(10))}",
    "bare code and fenced tests": f"Here:\n\n{ADD}\n\nTests:\n{block(TESTS)}",
    "bare code glued to its tag": f"<answer>{ADD}</answer>",
    "a byte order mark": "\ufeff" + block(ADD),
    "a byte order mark before bare code": "\ufeff" + ADD,
    "a zero width space": "\u200b" + block(ADD),
    "a draft before": f"First try:\n{block(DRAFT)}\nThat is wrong. Final answer:\n{block(ADD)}",
    "a draft before, without a word": f"{block(DRAFT)}\n\n{block(ADD)}",
    "a draft that is taken back": f"{block(ADD)}\n\nAnother version, which is wrong:\n\n{block(DRAFT)}",
    "a wrong version is shown last": f"Here is the solution:\n{block(ADD)}\nDon't do this instead:\n{block(DRAFT)}",
    "the original is quoted last": f"Fixed:\n\n{block(ADD)}\n\nThe original for comparison:\n\n{block(DRAFT)}",
    "the original is quoted first": f"Your original code:\n\n{block(DRAFT)}\n\nhas a bug. The corrected version:\n\n{block(ADD)}",
    "it fails, then another": f"{block(DRAFT)}\nWait, that is wrong.\n{block(ADD)}",
    "an alternative behind": f"Here is the function:\n{block(ADD)}\nAlternatively, with a loop:\n{block(DRAFT)}",
    "an outline first": f"The interface:\n{block('def add(a, b): ...' + chr(10))}\nFilled in:\n{block(ADD)}",
    "an outline last": f"{block(ADD)}\nSo the signature is\n{block('def add(a, b):' + chr(10) + '    pass' + chr(10))}",
    "tests behind": f"{block(ADD)}\n\nTests:\n\n{block(TESTS)}",
    "tests before": f"Test first:\n{block(TESTS)}\nThen code:\n{block(ADD)}",
    "test functions behind": f"{block(ADD)}\n\n{block('def test_add():' + chr(10) + '    assert add(1, 2) == 3' + chr(10))}",
    "usage behind": f"{block(ADD)}\nUsage:\n{block('x = add(1, 2)' + chr(10) + 'print(x)' + chr(10))}",
    "usage in a doctest": f"{block(ADD)}\nUsage:\n{block('>>> add(1, 2)' + chr(10) + '3' + chr(10))}",
    "its output behind": f"{block(ADD)}\nOutput:\n{block('3' + chr(10), '')}",
    "a shell block before": f"{block('pip install x' + chr(10), 'bash')}\n{block(ADD)}",
    "a shell block behind": f"{block(ADD)}\nRun it:\n{block('python add.py' + chr(10), 'sh')}",
    "json behind": f"{block(ADD)}\n{block('[1, 2]' + chr(10), 'json')}",
    "a broken block behind": f"{block(ADD)}\n{block('def add(a, b:' + chr(10) + '    return' + chr(10))}",
    "a cut block behind": f"{block(ADD)}\nAnd a version with types:\n```python\ndef add(a: int, b: int) -> i",
    "helper and main": f"{block(HELPER)}\nand then\n{block(MAIN)}",
    "main and helper": f"{block(MAIN)}\nwhere the helper is\n{block(HELPER)}",
    "imports and main": f"{block(IMPORT)}\nthen\n{block(IMPORTED)}",
    "a constant and main": f"{block('ZERO = 0' + chr(10))}\n{block(WITH_ZERO)}",
    "three blocks": f"{block(IMPORT)}\n{block(PLUS)}\n{block(MAIN)}",
    "helper, main, tests": f"{block(HELPER)}\n{block(MAIN)}\n{block(TESTS)}",
    "a fence in a docstring": block('def add(a, b):\n    """\n    ```\n    add(1, 2)\n    ```\n    """\n    return a + b\n'),
    "a fence in a docstring at the margin": block('def add(a, b):\n    """\n```\nadd(1, 2)\n```\n    """\n    return a + b\n'),
    "a fence in a string": block("def add(a, b):\n    fence = '```'\n    return a + b\n"),
    "think tags about": block("import re\n\n\ndef add(a, b):\n    re.sub(r'<think>.*?</think>', '', '')\n    return a + b\n"),
    "think tags in a docstring": block('def add(a, b):\n    """Not a\n<think>\nfoo\n</think>\n    """\n    return a + b\n'),
    "a token in a string": block("def add(a, b):\n    end = '<|endoftext|>'\n    return a + b\n"),
    "a box of TeX": f"The answer is\n\\boxed{{\n{ADD}}}",
    "a box of TeX in a formula": f"$$\n\\boxed{{\\text{{{ADD}}}}}\n$$",
    "quotation marks for a fence": f"A draft:\n'''python\n{DRAFT}'''\nMended:\n'''python\n{ADD}'''\nDone.",
    "thought that ends in a turn": f"<|im_start|>think\n{DRAFT}<|im_end|>\n<|im_start|>assistant\n{block(ADD)}<|im_end|>",
    "questions before the answer": f"Q: How?\nA: So:\n{block(ADD)}\nQ: More?\n",
    "a dialogue in a docstring": 'def add(a, b):\n    """\n    User: x\n    Assistant: y\n    """\n    return a + b\n',
    "a dialogue at the margin": block('def add(a, b):\n    """\nUser: x\nAssistant: y\n    """\n    return a + b\n'),
    "a line separator in a string": block("def add(a, b):\n    x = '\u2028'\n    return a + b\n"),
    "reasoning, closing tag only": f"Let me see.\n{block(DRAFT)}\nNo, wait.\n</think>\n\n{block(ADD)}",
    "reasoning, closing tag at the end of a line": f"I think it adds. {block(DRAFT)}\nNo.</think>\n{block(ADD)}",
    "reasoning and bare code": f"<think>\nIt adds.\n{DRAFT}\n</think>\n\n{ADD}",
    "reasoning with an open block": f"<think>\n```python\n{DRAFT}\n</think>\n\n{block(ADD)}",
    "reasoning in capitals": f"<THINK>\n{block(DRAFT)}\n</THINK>\n{block(ADD)}",
    "two thoughts": f"<think>\n{block(DRAFT)}\n</think>\nHm.\n<think>\n{block(DRAFT)}\n</think>\n{block(ADD)}",
    "empty reasoning": f"<think>\n\n</think>\n\n{block(ADD)}",
    "a token glued to the fence": f"{block(ADD)}<|im_end|>",
    "two tokens": f"{block(ADD)}<|eot_id|><|end_of_text|>",
    "an invented turn": f"{block(ADD)}<|im_end|>\n{USER}\n{block(DRAFT)}",
}  # fmt: skip


def works(code: str | None) -> bool:
    """Whether a program, which is our own, adds."""
    names: dict[str, Any] = {}
    exec(code or "", names)
    return bool(names["add"](2, 3) == 5)


@pytest.mark.parametrize("form", FORMS)
def test_the_answer_in_plain_sight_is_taken(form: str) -> None:
    """Whatever stands around it, whatever a model does to its fences."""
    extraction = taken(FORMS[form])
    assert extraction.cause is None, extraction.error
    assert works(extraction.code), extraction.code
    assert ">>>" not in (extraction.code or "")
    assert "assert add" not in (extraction.code or "")


@pytest.mark.parametrize("group", ["reasoning", "channels", "tokens", "turns", "openings"])
def test_what_templates_write_is_no_answer(group: str) -> None:
    """Every entry of the data file has a model family and a sample, and the sample is read rightly, fenced and bare."""
    for row in markers()[group]:
        assert row["family"]
        for answer, draft in ((block(ADD), block(DRAFT)), (ADD, DRAFT), (ADD, "Let me see.")):
            text = row["sample"].replace("ANSWER", answer).replace("DRAFT", draft)
            extraction = taken(text)
            assert works(extraction.code), (row, text, extraction)


TEMPLATE = 'def prompt(question):\n    return f"""\nUser: {question}\nAssistant:"""\n'


@pytest.mark.parametrize("quotes", ['"""', "'''"])
@pytest.mark.parametrize("around", ["{}", "Here it is.\n\n{}", "{}\n\nIt builds the prompt.", "```python\n{}```\n"])
@pytest.mark.parametrize(("asks", "replies"), [(row["text"], row["reply"]) for row in markers()["turns"]])
def test_a_program_may_hold_a_dialogue(asks: str, replies: str, around: str, quotes: str) -> None:
    """As a function that builds prompts does: its lines are no turns that a model went on with."""
    program = TEMPLATE.replace("User:", asks).replace("Assistant:", replies).replace('"""', quotes)
    extraction = taken(around.format(program), ("prompt",))
    assert extraction.cause is None, extraction.error
    scope: dict[str, Any] = {}
    exec(extraction.code or "", scope)
    assert scope["prompt"]("why?") == f"\n{asks} why?\n{replies}"


BODIES = {
    "raw": "    return a + b\n",
    "raw, no line end": "    return a + b",
    "in a fence": block("    return a + b\n"),
    "in a fence, dedented": block("return a + b\n"),
    "in a fence with prose": f"The body:\n\n{block('    return a + b' + chr(10))}\n\nIt adds.",
    "first indent eaten": "return a + b",
    "first indent eaten, more lines": "total = a\n    total += b\n    return total\n",
    "first indent eaten before a block": "for _ in range(1):\n        total = a + b\n    return total\n",
    "all dedented": "total = a\nif True:\n    total += b\nreturn total\n",
    "then prose": "    return a + b\n\nThis adds the numbers.",
    "then a word": "    return a + b\n\nDone",
    "then a cut definition": "    return a + b\n\n\ndef helper(a,",
    "then a helper": "    return _plus(a, b)\n\n\ndef _plus(x, y):\n    return x + y\n",
    "then tests": "    return a + b\n\n\nif __name__ == '__main__':\n    print(add(1, 2))\n",
    "then a fence": "    return a + b\n```\n",
    "then a token": "    return a + b<|endoftext|>",
    "then another task": "    return a + b\n\n\ndef sub(a, b):\n    return a - b\n\n# next\nWhat is",
    "quotation marks for a fence": "'''python\n    return a + b\n'''",
    "quotation marks glued to it": '"""python\n    total = a + b\n    return total"""',
    "a box of TeX": "\\boxed{\n    return a + b\n}",
    "then a question": "    return a + b\n\nQ: Now subtract.\nA:\ndef add(a, b):\n    return a - b\n",
    "with tabs": "\treturn a + b\n",
    "a comment at the margin": "# adds\n    return a + b\n",
    "the whole function": ADD,
    "the whole function, indented": "    def add(a, b):\n        return a + b\n",
    "the whole function in a fence": block(ADD),
    "the stem again": f"{STEM}    return a + b\n",
    "the stem again in a fence": block(f"{STEM}    return a + b\n"),
    "prose, then the function": f"Here it is:\n\n{ADD}",
    "a dict of Python with the function": repr({"why": "it's a sum", "code": ADD}),
    "a dict of Python with a name": f"answer = {{'code': {ADD!r}}}",
    "an object with the function": f"Answer(code={ADD!r}, tests=None)",
    "a call that makes a text of it": f"    text, names = {ADD!r}, {{}}\n    exec(text, names)\n    return names['add'](a, b)\n",
    "reasoning, then the body": "<think>\nIt adds.\n</think>\n    return a + b\n",
}


@pytest.mark.parametrize("form", BODIES)
def test_a_completion_continues_its_stem(form: str) -> None:
    """The body alone, fenced, dedented, with its first indent eaten, with what does not belong to it behind it."""
    extraction = taken(BODIES[form], stem=STEM)
    assert extraction.cause is None, extraction.error
    code = extraction.code if extraction.is_whole else f"from typing import List\n{extraction.code}"
    assert works(code), code


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\ufeff", "empty"),
        ("Sorry", "no code"),
        ("I", "no code"),
        ("Sure!", "no code"),
        ("I cannot help with that.", "no code"),
        ("add", "no code"),
        ("42", "no code"),
        ("<think>\nIt adds, so def add(a, b)", "reasoning only"),
        (f"<think>\n{block(ADD)}", "reasoning only"),
        ("<|channel|>analysis<|message|>It adds.", "reasoning only"),
        ("```python\n```", "no code"),
        ("```", "no code"),
        ('<tool_call>\n{"name": "write_file", "arguments": {"path": "a.py"}}\n</tool_call>', "tool call"),
        ('[TOOL_CALLS][{"name": "run", "arguments": {}}]', "tool call"),
        (f"**util.py**\n{block(HELPER)}\n**main.py**\n{block('from util import _plus' + chr(10) + MAIN)}", "several files"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stem", ["", STEM])
def test_what_holds_no_program_is_malformed(answer: str, says: str, stem: str) -> None:
    """An empty answer, a word of prose, reasoning that was cut, a tool call, several files: named, and never run."""
    extraction = taken(answer, stem=stem)
    assert (extraction.code, extraction.cause) == (None, Cause.MALFORMED)
    assert says in (extraction.error or "")


@pytest.mark.parametrize("body", ["def add(a, b:\n    return a + b", "x = '\x00'", f"x = {'(' * 5000}1{')' * 5000}"])
def test_two_blocks_that_cannot_be_read_are_a_syntax_error(body: str) -> None:
    """There was code, and it is wrong."""
    extraction = taken(f"{block(body + chr(10))}\n{block(body + chr(10))}")
    assert (extraction.code, extraction.cause) == (None, Cause.SYNTAX)
    assert "compile" in (extraction.error or "")


@pytest.mark.parametrize(
    ("answer", "repairs"),
    [
        (block(ADD), ()),
        (f"Here:\n{block(ADD)}", ("prose_removed",)),
        (ADD, ("no_fence",)),
        (f"Here:\n\n{ADD}", ("no_fence", "prose_removed")),
        (f"```python\n{ADD}", ("unclosed_fence",)),
        (f"{block(DRAFT)}\n{block(ADD)}", ("blocks_dropped",)),
        (f"{block(HELPER)}\n{block(MAIN)}", ("blocks_joined",)),
        (f"{block(HELPER)}\n{block(MAIN)}\n{block(TESTS)}", ("blocks_joined", "blocks_dropped")),
        (f"<think>x</think>\n{block(ADD)}<|im_end|>", ("reasoning_removed", "tokens_removed")),
        (f"\ufeff{block(ADD)}", ("bom_removed",)),
        (f"```python\n{ADD.rstrip()}```", ("glued_fence",)),
    ],
)
def test_every_choice_is_named(answer: str, repairs: tuple[str, ...]) -> None:
    """What was taken off, joined and dropped."""
    assert taken(answer).repairs == repairs


def test_without_a_name_the_last_program_wins() -> None:
    """Prose may name nothing."""
    assert works(taken(f"{block(DRAFT)}\n{block(ADD)}\n{block(TESTS)}", names=()).code)


def test_names_may_stand_in_two_blocks() -> None:
    """What was asked for is joined, whichever block defines it."""
    other = "def sub(a, b):\n    return a - b\n"
    extraction = taken(f"{block(ADD)}\nand\n{block(other)}", names=("add", "sub"))
    assert "def add" in (extraction.code or "")
    assert "def sub" in (extraction.code or "")


def test_local_names_join_nothing() -> None:
    """Parameters and locals of one block are not what another defines."""
    other = "a = 1\nb = 2\ntotal = 3\n"
    assert taken(f"{block(other)}\n{block(SAME)}").code == SAME


def test_more_than_anyone_asks_for_is_not_read() -> None:
    """An answer of a megabyte is read, one of more is not."""
    assert "characters" in (taken("x = 1\n" * 200_000).error or "")
    assert works(taken("word " * 150_000 + f"\n\n{block(ADD)}").code)


def test_a_function_of_another_name_is_no_body() -> None:
    """A completion that defines something else is taken as it is, and lacks what was asked for."""
    extraction = taken(block("def plus(a, b):\n    return a + b\n"), stem=STEM)
    assert (extraction.is_whole, extraction.code) == (False, "def plus(a, b):\n    return a + b\n")


@pytest.mark.parametrize("unit", ["a", " ", "(", "-", "~", "a ", "` ", "-.py", "```python\n", "# a\n"])
@pytest.mark.parametrize("head", ["", "```python\n", "``` def f(x): "])
def test_a_long_answer_is_read_in_time_that_grows_with_its_length(unit: str, head: str) -> None:
    """What grew with the square of a line took a minute of the processor for 20 000 characters."""
    answer, began = head + (unit * 50_000)[:50_000] + "x", process_time()
    assert taken(answer).cause in (None, Cause.MALFORMED, Cause.SYNTAX)
    assert process_time() - began < 10
