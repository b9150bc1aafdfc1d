"""What a test of pytest adds to the JSON document."""

from kgents.kinds.fields import Fields, text

FIELDS = Fields(
    config={
        "test": text("the node id of the test"),
        "axis": text("the argument of parametrize whose values are compared; absent where there is a target"),
    }
)
