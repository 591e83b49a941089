"""A pipeline per capability: pixels in, domain values out."""
