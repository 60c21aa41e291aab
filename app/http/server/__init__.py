"""The server side of HTTP connections: limits, refusals and how answers are written."""
