"""Course text to trusted HTML: one renderer and one sanitiser."""
