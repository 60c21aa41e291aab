"""The tables of the log database: their schema, connections to them, and what is read and deleted by row."""
