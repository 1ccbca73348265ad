"""What the functions on Snowflake answer: the built zip alone, in a process without torch, beside the encoder."""

import json
import pickle
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import numpy as np
import pytest
from test_sql_functions import EMBEDDINGS, ENCODER, SEQUENCES, VECTORS, classifier_row, expected_intents, fill

from clickintent.encoder import embed_pages, encode
from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.snowflake.channel_packages import FUNCTION_PACKAGES
from clickintent.snowflake.models_file import models_file
from clickintent.snowflake.naming import MODELS_FILE, PACKAGE_FILE
from clickintent.snowflake.package_zip import package_zip
from clickintent.snowflake.versions import versions_in_file

ROWS = SEQUENCES.sequences.head(40).to_dicts()

PROGRAM = """
import importlib.abc, pickle, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
sys.path[:] = [{package!r}, *(path for path in sys.path if "clickintent" not in path and not path.endswith("/src"))]
import pandas as pd
from clickintent.snowflake import handlers

assert handlers.__file__.startswith({package!r}), handlers.__file__
handler = getattr(handlers, sys.argv[1])
assert handler._sf_vectorized_input is pd.DataFrame and handler._sf_max_batch_size > 0
frames = pickle.load(sys.stdin.buffer)
answers = []
for frame in frames:
    try:
        answers.append(handler(pd.DataFrame(dict(enumerate(frame)))).tolist())
    except Exception as error:
        answers.append(f"{{type(error).__name__}}: {{error}}")
sys.stdout.buffer.write(pickle.dumps((answers, sorted(sys.modules))))
"""
DEPENDENCIES = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["dependencies"]
IMPORTED_AS = {"scikit-learn": "sklearn", "dbt-core": "dbt", "dbt-duckdb": "dbt"}
LIBRARIES = {re.match(r"[\w-]+", dependency)[0] for dependency in DEPENDENCIES} - set(FUNCTION_PACKAGES)
ABSENT = sorted({IMPORTED_AS.get(library, library) for library in LIBRARIES})
"""What Snowflake does not install for the functions: all that we need elsewhere and they do not name."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the stage holds, and what Snowflake puts beside a handler."""
    folder = tmp_path_factory.mktemp("imports")
    with duckdb.connect(str(folder / "built.duckdb")) as connection:
        fill(connection, classifier_row("cls-1"))
    (folder / PACKAGE_FILE).write_bytes(package_zip())
    (folder / MODELS_FILE).write_bytes(models_file(versions_in_file(folder / "built.duckdb")))
    return folder


def answers(folder, handler, *frames):
    """What a handler makes of data frames, given as lists of columns, in a process of its own."""
    program = PROGRAM.format(absent=ABSENT, package=str(folder / PACKAGE_FILE))
    command = [sys.executable, "-X", f"snowflake_import_directory={folder}", "-c", program, handler]
    done = subprocess.run(command, input=pickle.dumps(frames), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    told, modules = pickle.loads(done.stdout)
    return told, modules


def columns_of(rows, form=lambda value: value):
    return [
        [form(row[name]) if kind.endswith("[]") else row[name] for row in rows]
        for name, kind in SEQUENCE_INPUTS.items()
    ]


def test_embeddings_are_the_encoders_whether_arrays_come_as_lists_or_as_json(folder):
    empty = dict.fromkeys(SEQUENCE_INPUTS)
    unknown = ROWS[0] | {"page_keys": ["/never/seen-before"] * len(ROWS[0]["page_keys"])}
    # decimals of a VARIANT come as text
    as_text = {"dwell_seconds": [None if v is None else str(v) for v in ROWS[0]["dwell_seconds"]]}
    rows = [ROWS[0] | as_text, *ROWS[1:], unknown]
    known = [*rows, empty, empty | {"channel": float("nan")}]
    told, modules = answers(
        folder, "embed", columns_of(known), columns_of(rows, json.dumps), [[] for _ in SEQUENCE_INPUTS]
    )
    vectors = embed_pages(SEQUENCES.pages, ENCODER)
    frame = SEQUENCES.sequences.head(len(ROWS)).vstack(SEQUENCES.sequences.head(0))
    expected = encode(frame, ENCODER, vectors)
    for found in told[:2]:
        assert np.abs(np.array(found[: len(ROWS)]) - expected).max() < 1e-5
    assert np.abs(np.array(told[0][len(ROWS)]) - expected[0]).max() > 1e-3
    assert told[0][-1] == told[0][-2]  # a session of which nothing is known, with either null
    assert told[2] == []
    assert {"torch", "polars", "sklearn"} <= set(ABSENT)
    assert not set(ABSENT) & set(modules)


def test_intents_are_the_classifiers_and_null_for_null(folder):
    ordered = EMBEDDINGS.sort("session_id")
    embeddings, channels = ordered["embedding"].to_list(), ordered["channel"].to_list()
    first, second, probability = expected_intents(EMBEDDINGS["channel"].to_list(), classifier_row("cls-1"))
    as_text = [json.dumps([float(number) for number in embedding]) for embedding in embeddings]
    told, _ = answers(folder, "intent", [embeddings, channels], [as_text, channels], [embeddings], [[None, as_text[0]]])
    for found in told[:2]:
        assert [answer["intent_id"] for answer in found] == first
        assert [answer["runner_up_intent_id"] for answer in found] == second
        assert np.allclose([answer["probability"] for answer in found], probability, atol=1e-5)
        assert [answer["is_abstained"] for answer in found] == (probability < 0.4).tolist()
    unasked, _, _ = expected_intents([None] * len(VECTORS), classifier_row("cls-1"))
    assert [answer["intent_id"] for answer in told[2]] == unasked
    assert told[3][0] is None
    assert told[3][1] == told[2][0]


def test_what_cannot_be_answered_is_refused_in_the_words_of_duckdb(folder):
    good = [0.125] * 64
    told, _ = answers(folder, "intent", [[[1.0, 2.0]]], [[[None] * 64]], [[good], ["tv"]], [[good], [None]])
    assert "clickintent_intent reads embeddings of 64 numbers" in told[0]
    assert "clickintent_intent reads embeddings of 64 numbers" in told[1]
    assert "knows the channels web, app, and null" in told[2]
    assert told[3][0]["intent_id"] is not None
    uneven = columns_of([ROWS[0] | {"hours": [1]}])
    assert "the list hours and page_keys differ in length" in answers(folder, "embed", uneven)[0][0]
