"""Routes of the pages for operators; viewers see them, operators act."""
