"""The recruiting tables of the service: what people add and change between trainings, in SQLite or PostgreSQL."""
