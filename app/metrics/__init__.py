"""What the service counts for Prometheus, in one process and over all workers."""
