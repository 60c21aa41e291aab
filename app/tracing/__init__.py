"""Spans of requests, and log lines as JSON that name the request and its trace."""
