"""Builders of the DAGs, one each, and their common parts."""
