"""How long tests wait for something that must happen: long enough for a machine ten times slower than the slowest seen.

A test that waits ends as soon as the thing happens, so the bound costs nothing where all is well.
"""

PATIENCE_SECONDS = 300.0
