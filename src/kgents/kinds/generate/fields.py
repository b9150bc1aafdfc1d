"""What code generation adds to the JSON document."""

from kgents.kinds.fields import Fields, anything, flag, many, number, text

CODERS = many("who was asked, one an arm: coder, model and parameters", anything("a coder"))
FIELDS = Fields(
    config={
        "coders": CODERS,
        "spec": text("the spec"),
        "prompt": text("what was asked"),
        "oracle": anything("what tells right from wrong: cases with their answers, or tests, and how well it can tell"),
        "sandbox": anything("the sandbox that was asked for; null: the strongest there is"),
        "allow_weak_sandbox": flag("whether less confinement than asked for is accepted"),
        "timeout": number("seconds of one question and its judgement"),
        "packages": anything("packages that candidates may import"),
        "modules": anything("folders of modules that candidates may import"),
        "python": anything("the interpreter that runs them"),
    },
)
