"""Pictures: decoding under limits, alignment, quality."""
