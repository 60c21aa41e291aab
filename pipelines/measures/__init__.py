"""How good lists are: measures, intervals, splits in time and the gate, for any use case."""
