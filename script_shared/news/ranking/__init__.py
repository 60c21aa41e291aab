"""From a request to ordered candidates: the query, the candidates, their features and the ranker."""
