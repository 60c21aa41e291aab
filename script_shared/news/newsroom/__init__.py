"""What one process knows from the event log: the live state, editorial facts, and reads outside the state."""
