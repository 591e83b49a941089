"""Networks: the catalog, pulling, conversion, sessions."""
