"""How long the nearest of a million sessions take in plain SQL, and by an index where DuckDB has the extension."""
