"""Clicks in time order through the code that serves, and what the answers were worth."""
