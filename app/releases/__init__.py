"""The release in service: loaded, tried in a process of its own, and replaced while requests continue."""
