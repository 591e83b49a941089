"""The open rooms and what they do together: the Python library."""
