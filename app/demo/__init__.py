"""The page of the tour: only `make demo` starts a service that has it."""
