"""What experiments found: figures valid at every look, a verdict, and limits that stop variants; no use case."""
