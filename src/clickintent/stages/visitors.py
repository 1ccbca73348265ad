"""Whose sessions may be one person's, for what must not tell too many apart."""


def possible_person(sequences: str) -> str:
    """SQL of a text that is the same for sessions which may be of one person.

    It is wider than the visitor of `sessions`: one id on the web and in the app counts once, so that nobody is on both
    sides of a split, and nobody counts twice where people are counted.

    Args:
        sequences: name of `session_sequences` in the query.
    """
    return f"{sequences}.source || '|' || {sequences}.site_id || '|' || {sequences}.visitor_id"
