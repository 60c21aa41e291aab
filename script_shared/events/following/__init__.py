"""Follows the log: reads new entries and passes them to the thread that folds them."""
