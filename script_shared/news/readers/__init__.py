"""The readers a release knows, and what was known of them at a moment."""
