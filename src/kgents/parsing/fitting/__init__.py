"""A value and a schema: which coercions are made, what satisfies the schema, what is left out and why."""
