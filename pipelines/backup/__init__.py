"""Backups of what cannot be made again, and their trial restores: the databases of the log and the releases."""
