"""The session layer beside a floor (plain SQL) and a peer (the structure of dbt-labs/segment): see ../README.md."""
