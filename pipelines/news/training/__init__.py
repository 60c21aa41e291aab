"""Fits the segments' models and the ranker, and assembles a release as of a moment."""
