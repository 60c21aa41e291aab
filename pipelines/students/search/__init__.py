"""Searches for the model's type and params on the training years alone; a search that was stopped continues."""
