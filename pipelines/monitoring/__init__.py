"""Starts a training when drift, the age of the release or its live hit rate crosses a threshold; it knows no use case.

``reasons`` finds why a training is needed, ``limits`` what a person allows, ``trigger`` decides and notes the reason.
"""
