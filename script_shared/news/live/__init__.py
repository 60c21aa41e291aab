"""The live state: what is folded out of events in memory, and the ranking of candidates by it."""
