"""Spans of the steps of a run."""
