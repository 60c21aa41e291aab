"""From an evaluation to a release in service: the gate, publishing, the model card and the record."""
