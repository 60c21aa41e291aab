"""The command ``replay``: trains the ranker on past events, again and again, and measures it on the window after."""
