"""The live state, which is folded from events in memory, and the ranking of candidates with it."""
