"""Routes of the recruiting use case, one module per noun."""
