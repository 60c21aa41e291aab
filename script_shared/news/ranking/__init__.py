"""From a request to ordered candidates: what is asked, the candidates, their features and the ranker."""
