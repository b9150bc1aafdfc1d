"""The record on SQLite and Postgres."""
