"""HTTP and HTML: one package for each audience."""
