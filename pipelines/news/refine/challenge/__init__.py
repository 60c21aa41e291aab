"""Refines the challenge's files: items, histories and validation."""
