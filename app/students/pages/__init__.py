"""Pages for the people who work with the students, made on the server; no script runs in the browser."""
