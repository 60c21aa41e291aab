"""Clients meet the same service as the tests of the API."""

from tests.app.conftest import folders, store

__all__ = ["folders", "store"]
collect_ignore = ["generators/call.py", "properties/ask.py"]  # these run in environments of their own
