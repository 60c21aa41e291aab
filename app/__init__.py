"""The HTTP service that serves models."""

__version__ = "0.1.0"
