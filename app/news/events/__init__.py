"""The event log's side of one process: intake, folding, dating and proof of events, and what was answered."""
