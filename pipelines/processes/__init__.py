"""Processes that run functions of a step on other cores."""
