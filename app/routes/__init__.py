"""One file of routes per noun; each has a ``router``."""
