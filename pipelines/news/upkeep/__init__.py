"""Housekeeping: old runs, releases and events, and erased users."""
