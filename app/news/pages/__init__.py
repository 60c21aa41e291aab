"""The demo page of news."""
