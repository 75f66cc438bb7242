"""Pieces used by more than one audience."""
