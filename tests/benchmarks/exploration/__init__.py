"""Estimates from drawn lists on replayed real clicks, where what each policy got is known."""
