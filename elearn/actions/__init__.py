"""One function for each thing a person can do, inside a transaction opened at the edge."""
