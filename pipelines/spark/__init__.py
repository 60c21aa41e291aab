"""The engine Spark: a session, pieces of files, and functions on Polars tables that Spark runs in parallel."""
