"""One module for each question kind and their registry."""
