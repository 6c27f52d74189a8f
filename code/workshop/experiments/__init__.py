"""Runs that are too long for a chapter; their results are recorded in data/recorded/."""
