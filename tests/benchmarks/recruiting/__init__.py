"""Figures of the recruiting models on the real files, compared with baselines."""
