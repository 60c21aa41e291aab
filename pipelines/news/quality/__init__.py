"""The data card: the refined tables checked and shown on one page."""
