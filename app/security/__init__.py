"""The sender of a request: tokens, sessions, JWTs, roles, and rate limits."""
