"""Lists whose last places are drawn by chance, with known probabilities, and what is kept of each draw."""
