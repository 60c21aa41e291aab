"""The generated world: articles, users with planted tastes, and what they read."""
