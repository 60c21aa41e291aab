"""People's own files of clicks and articles: which columns they have, and what these mean."""
