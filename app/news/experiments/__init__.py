"""Experiments in news: what each variant answers, also when it fails, and lists that nobody gets."""
