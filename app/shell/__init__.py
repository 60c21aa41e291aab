"""The pages for people: layout, languages, login, and errors; use cases plug their pages in."""
