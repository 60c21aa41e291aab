"""What news exports to Prometheus: answers, events, the live state."""
