"""`make verify-stack`: the platform in containers, started, broken, repaired and removed. Standard library only."""
