"""`make demo-traffic`: users for a demonstration, who follow recommendations and the trend. Standard library only."""
