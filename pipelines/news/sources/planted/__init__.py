"""The generated world: articles, readers with planted tastes, and what they read."""
