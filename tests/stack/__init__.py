"""`make verify-stack`: the platform in containers, brought up, broken, mended and torn down. Standard library only."""
