"""The recruiting use case as the API serves it."""
