"""Figures of the recruiting models on the real files, beside plain orders."""
