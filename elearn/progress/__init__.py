"""Facts about learning and what follows from them."""
