"""HTTP: routes, limits, authentication, and the only place where errors become bytes."""
