"""What a ranking team takes: embeddings of customers at each moment, and files of the tables."""

from clickintent.ranking.pooling import Histories, Pooling, PoolingError, pool_histories

__all__ = ["Histories", "Pooling", "PoolingError", "pool_histories"]
