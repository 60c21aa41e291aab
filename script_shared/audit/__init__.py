"""The record of decisions: who changed what users get, when, why, from what to what, and on which evidence."""
