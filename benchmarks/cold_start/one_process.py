"""Run by itself in a new process: from its first import to the first batch, by NumPy or by torch.

Arguments: `numpy` or `torch`, the folder of the deployment. Gives one line of JSON.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped] # Snowflake has imported it before a handler
import pyarrow.parquet as pq

FIRST_BATCH = 200


def main(way: str, folder: Path) -> None:
    """Import, load, embed a first batch, then all sessions; write the embeddings."""
    rows = pq.read_table(folder / "sessions.parquet").to_pylist()
    sys.path.insert(0, str(folder / "clickintent.zip"))
    started = time.perf_counter()
    embed = _numpy() if way == "numpy" else _torch(folder)
    imported = time.perf_counter()
    embed(rows[:FIRST_BATCH])
    first = time.perf_counter()
    embeddings = embed(rows)
    done = time.perf_counter()
    np.save(folder / f"{way}.npy", embeddings)
    print(json.dumps({"import": imported - started, "first": first - imported, "all": done - first, "rows": len(rows)}))


def _numpy():  # type: ignore[no-untyped-def] # noqa: ANN202
    from clickintent.sequence_inputs import SEQUENCE_INPUTS  # noqa: PLC0415 - imports are what is measured
    from clickintent.snowflake.handlers import embed  # noqa: PLC0415

    return lambda rows: np.array(
        embed(pd.DataFrame({place: [row[name] for row in rows] for place, name in enumerate(SEQUENCE_INPUTS)})).tolist()
    )


def _torch(folder: Path):  # type: ignore[no-untyped-def] # noqa: ANN202
    import polars as pl  # noqa: PLC0415
    import torch  # noqa: PLC0415

    from clickintent.encoder import StoredPagesEncoder, load_encoder  # noqa: PLC0415

    torch.set_num_threads(1)
    (version,) = pq.read_table(folder / "encoder.parquet").to_pylist()
    pages = pq.read_table(folder / "pages.parquet").to_pylist()
    vectors = {page["page_key"]: np.array(page["embedding"], dtype=np.float32) for page in pages}
    encoder = StoredPagesEncoder(load_encoder(version["weights"], version["config"]), vectors)
    return lambda rows: encoder.embed(pl.DataFrame(rows, infer_schema_length=None))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
