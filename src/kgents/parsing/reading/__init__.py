"""Reading: from a text that a model wrote to a value. `machine` strict and step by step, `reader` tolerant, `scan` what is
around the answer, `choice` which of several."""
