"""Speed of the student: embeddings to intents in batches and in SQL, and one session from its events to its intent."""
