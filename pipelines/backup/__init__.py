"""Backups of the data that cannot be rebuilt (the databases of the log, the releases), and their trial restores."""
