"""Routes of the news use case, one file per noun; each has a ``router``."""
