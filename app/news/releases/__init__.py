"""Releases of news: what a loaded one is, how it is loaded, and how it is tried before."""
