"""Routes of the shell: the front page, the login, and the files that pages load."""
