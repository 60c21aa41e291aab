"""The editors' rules: what they mean, which of them contradict each other, and what they do to a list."""
