"""Routes of the pages of news."""
