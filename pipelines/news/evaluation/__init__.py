"""Measures a candidate and the releases before it: once by list, once click by click."""
