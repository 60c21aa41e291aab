"""A real Kafka broker in the role of an event log: rates, ids that are sent again, and erasure."""
