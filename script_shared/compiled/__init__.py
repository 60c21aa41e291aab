"""C code for work that numpy has no fast function for; without a compiler, numpy and LightGBM do the same work."""
