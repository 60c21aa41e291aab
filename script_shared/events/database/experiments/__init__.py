"""Experiments in the database of the log: their versions, and the marks of served lists."""
