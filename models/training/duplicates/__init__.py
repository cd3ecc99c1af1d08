"""Trains and measures the decision on duplicate construction: `python -m models.training.duplicates`."""
