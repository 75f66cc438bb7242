"""Rows and queries. No rules, no commits."""
