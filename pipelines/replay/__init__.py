"""Replay: events in time order through the code that serves; makes the ranker's rows, trains it and measures it."""
