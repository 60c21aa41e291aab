"""A generated news site in the challenge's files, with tastes planted in its readers, for a first run without data."""
