"""What speed is measured on, in this environment and in the peer's; imports nothing of either."""

LENGTHS = (8, 16, 32, 64)
BATCH_SESSIONS = 1_024
MATMUL_SIZE = 1_024
