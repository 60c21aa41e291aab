"""Environments of an installation (development, staging, production), and what production refuses to start with."""
