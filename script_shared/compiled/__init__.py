"""Code in C for what numpy has no call for; where no compiler was at hand, the same is computed without it."""
