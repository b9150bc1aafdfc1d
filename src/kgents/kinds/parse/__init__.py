"""How strategies of parsing do on malformed input."""
