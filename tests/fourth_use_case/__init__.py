"""A made-up use case, as somebody else would add it: tomorrow's number of loans of each branch of a library.

Nothing outside this folder knows it. ``PAUTA_USE_CASES=news,tests.fourth_use_case.entry:LOANS`` makes it part of an
instance.
"""
