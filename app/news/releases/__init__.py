"""News releases: how they are tried and loaded, and what a loaded one holds."""
