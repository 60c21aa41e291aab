"""The pages for recruiters."""
