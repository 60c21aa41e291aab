"""A seeded association with planted truth: its students, their years, and the sheets that it would keep."""
