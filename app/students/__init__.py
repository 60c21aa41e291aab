"""The students use case as the API serves it."""
