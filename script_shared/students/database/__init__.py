"""Tables of the students use case, embedded in SQLite or in PostgreSQL: who looked at whom, and the online features."""
