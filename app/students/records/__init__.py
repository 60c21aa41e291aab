"""Records in the body of a request: read while it arrives, and each checked by itself."""
