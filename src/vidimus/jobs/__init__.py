"""Jobs: durable work by worker processes, and telling who waits for it."""
