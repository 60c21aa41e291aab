"""The moments of a run, and whom the window after T is about."""
