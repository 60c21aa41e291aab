"""The live state: what is folded out of events in memory, and how much each click counts."""
