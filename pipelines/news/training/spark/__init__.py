"""The sums over all reads that training needs, on Spark: tasks run the functions of the engine Polars on parts."""
