"""Texts of candidates without personal data."""

from script_shared.recruiting.privacy.scrubber import scrub

__all__ = ["scrub"]
