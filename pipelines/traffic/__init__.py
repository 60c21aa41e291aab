"""`make demo-traffic`: readers for a demonstration, who follow recommendations and the trend. Standard library only."""
