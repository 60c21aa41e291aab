"""The commands of ``python -m pipelines`` besides the use cases: one module each."""
