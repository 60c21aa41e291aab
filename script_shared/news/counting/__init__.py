"""Counts in memory: decayed, exact and of pairs, how they are stored, and the windows they are kept in."""
