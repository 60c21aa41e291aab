"""The recommenders of the news use case: one file each, all with the same few verbs."""
