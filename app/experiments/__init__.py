"""Experiments in the service: which of them run now, and what it counts of them. This folder knows no use case."""
