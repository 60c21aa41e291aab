"""`make demo`: the platform with generated data, readers whose day takes ten minutes, and a story in chapters."""
