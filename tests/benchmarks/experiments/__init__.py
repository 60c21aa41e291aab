"""Experiments on real clicks: false alarms of A/A tests, and answers until an A/B test and interleaving decide."""
