"""Lists of all held-out users from one model, made in this process or on Spark."""
