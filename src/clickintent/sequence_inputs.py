"""What the models read and give, as SQL types; loads no model."""

from typing import Final

EMBEDDING_DIM: Final = 64
"""Numbers per session: the public contract, in every table that holds an embedding."""

SEQUENCE_INPUTS: Final = {
    "channel": "varchar",
    "device_type": "varchar",
    "referrer_medium": "varchar",
    "page_keys": "varchar[]",
    "event_types": "varchar[]",
    "dwell_seconds": "double[]",
    "gap_seconds": "double[]",
    "hours": "integer[]",
    "weekdays": "integer[]",
    "event_values": "double[]",
}
"""What the encoder reads of a row of `session_sequences`."""

LIST_TYPES: Final = {name: kind for name, kind in SEQUENCE_INPUTS.items() if kind.endswith("]")} | {
    "embedding": f"float[{EMBEDDING_DIM}]",
    "centroid": f"float[{EMBEDDING_DIM}]",
    "intent_ids": "varchar[]",
    "probabilities": "float[]",
}
"""Lists that the models store: column -> type, for a warehouse whose arrays say nothing of their elements."""
