"""Which rows are kept, what each means, and how the refined tables are written."""
