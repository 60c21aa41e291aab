"""Roots to store things in."""

from tests.stores import root, s3_endpoint, s3_root

__all__ = ["root", "s3_endpoint", "s3_root"]
