"""Refine on Spark: tasks run the functions of the engine Polars on parts, and Spark does the work on all rows."""
