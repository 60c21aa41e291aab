"""From workbooks to tables: landing, bronze, silver and gold, each checked before it is written."""
