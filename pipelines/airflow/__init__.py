"""What the DAG files are built from: one builder per DAG, and what the builders share."""
