"""How do I read JSON that a model wrote? `loads` says what it repaired, and keeps what is not valid out of the value."""

from kgents.parsing import loads

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "price": {"type": "number"}, "tags": {"type": "array"}},
    "required": ["name", "price"],
}
ANSWER = """Sure! Here it is:
```json
{"name": "Lamp", "price": "$1,200.50", "tags": ["new", "sale",
"""

if __name__ == "__main__":
    parsed = loads(ANSWER, schema=SCHEMA)
    print("value   ", parsed.value)
    print("complete", parsed.complete)
    for repair in parsed.repairs:
        print("repaired", repair)
    print("price", "supported:", parsed.field("price"))
