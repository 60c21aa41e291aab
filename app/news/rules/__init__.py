"""The editors' rules in one process: how it follows them, their shapes, their cost, and their preview."""
