"""Qadam: an e-learning platform on international human rights standards."""

__version__ = "0.1.0"
