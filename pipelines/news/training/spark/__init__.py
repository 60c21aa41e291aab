"""The sums over all reads that training needs, on Spark: each task runs the Polars engine's function on one part."""
