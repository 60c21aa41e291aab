"""What the story of `make demo` and the page that shows it share: one file."""
