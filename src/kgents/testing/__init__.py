"""Fakes and contract tests for those who extend kgents: real files, real servers."""
