"""From an evaluation to a release in service: the gate, publishing, promoting, the model card and the record."""
