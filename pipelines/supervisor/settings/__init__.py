"""Settings of the local stack: folders, ports, passwords and each component's environment."""
