"""The reference oracle: a spec that runs says what is right, on inputs that are shown to tell right from wrong."""
