"""How long a new process waits for its first embedding, by NumPy alone and by torch."""
