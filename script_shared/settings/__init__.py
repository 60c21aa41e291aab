"""Where things are: every setting that comes from the environment, read once at the edge and handed down."""

from script_shared.settings.settings import Settings, load_settings, own_cache

__all__ = ["Settings", "load_settings", "own_cache"]
