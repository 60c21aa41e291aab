"""Your own files of clicks and articles: their columns, and what these mean."""
