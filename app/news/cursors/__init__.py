"""Cursors of lists that are read page by page."""
