"""How a model is asked: the HTTP service."""

__version__ = "0.1.0"
