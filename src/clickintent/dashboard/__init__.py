"""What the dashboard shows, apart from how it is drawn: the published copy, the queries, the sentences, the colours."""
