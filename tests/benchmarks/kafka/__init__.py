"""A real Kafka broker as it would be used for an event log: rates, ids that are sent again, and erasure."""
