"""Follows the log: new entries are read, and handed to the thread that folds them."""
