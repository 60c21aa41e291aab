"""Drift on real clicks: false alarms, and planted changes of reads and of what releases answer."""
