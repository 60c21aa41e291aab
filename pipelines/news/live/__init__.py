"""News in service: what its readers clicked after its lists, for the live guard."""
