"""Refined tables: vacancies, candidates and applications, one reading of all sources."""
