"""The lists that are served: a user's recommendations, and the lists that are the same for everybody."""
