"""The editors' pages: what is read now, articles, rules, and who did what."""
