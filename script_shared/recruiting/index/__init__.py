"""Nearest vectors behind one interface: in the release's own memory, as a graph, in PostgreSQL or in Qdrant."""
