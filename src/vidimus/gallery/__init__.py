"""Collections, faces and users: what is enrolled, and exact search over it."""
