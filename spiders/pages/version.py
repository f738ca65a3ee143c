"""Which reader it is."""

READER = "pages 8"
"""Name and version of the reader. The version grows when the same page would be read otherwise."""
