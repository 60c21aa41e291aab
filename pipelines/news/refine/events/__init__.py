"""The event log's clicks, posts and visits, merged with the reads of files."""
