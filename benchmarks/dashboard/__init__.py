"""How long a reader of the dashboard waits, on the demo and on as many cells as 10 million sessions make."""
