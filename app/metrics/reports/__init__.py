"""Gauges out of the JSON files that the pipelines write beside their reports."""
