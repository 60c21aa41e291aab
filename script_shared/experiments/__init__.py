"""Experiments: variants of a use case, which users get which, and the marks that served lists keep of them."""
