"""From an evaluation to a release in service: the gate, the refit, publishing, promoting, and the record of it."""
