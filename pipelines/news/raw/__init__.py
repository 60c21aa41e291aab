"""Raw files as tables: CSV with its problems named; ids, texts, times and addresses by the rules of requests."""
