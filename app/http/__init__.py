"""HTTP for any use case: limits, encodings, proxies, CORS, errors."""
