"""Commands of the event log: events, served lists, and what is stored about a user."""
