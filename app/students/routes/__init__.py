"""Routes of the students use case, one module for each noun."""
