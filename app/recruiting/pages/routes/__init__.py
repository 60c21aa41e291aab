"""Routes of the pages for recruiters, one module per noun."""
