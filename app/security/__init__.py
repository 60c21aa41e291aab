"""Who sends a request: tokens, sessions, JWTs, roles, and the limits of requests."""
