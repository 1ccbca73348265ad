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
