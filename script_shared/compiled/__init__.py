"""C code for work that numpy has no function for; without a compiler, LightGBM does the same work."""
