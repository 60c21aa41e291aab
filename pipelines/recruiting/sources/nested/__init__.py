"""The three nested JSON files as raw tables, without personal data."""
