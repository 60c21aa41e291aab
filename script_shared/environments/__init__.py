"""Environments of an installation (development, staging, production), and what production refuses to start with."""

from script_shared.environments.production import check_environment

__all__ = ["check_environment"]
