"""Files of the ranking tables: whole, in order, with the encoder's version in them; and how they are read."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.ranking import export
from clickintent.ranking.export import TABLES, ExportError, export_tables

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 1)


@pytest.fixture
def file(tmp_path):
    """Four days of a build, one row a day in each table; the vector of day n is n at its place n."""
    path = tmp_path / "built.duckdb"
    vector = "list_transform(range(64), lambda i: case when i = day then day else 0 end)"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create table days as
            select
                day, {vector} as vector, 'enc-1' as encoder_version, timestamp '{START}' + to_days(day::int) as moment
            from range(4) as days (day) order by hash(day);
            create table session_embeddings as
            select 's' || day as session_id, vector::float[64] as embedding, encoder_version, moment as embedded_at
            from days;
            create table customer_embeddings as
            select 'c' as customer_id, moment as valid_from, case when day < 3 then moment + to_days(1) end as valid_to,
                vector::float[64] as embedding, encoder_version
            from days;
            create table tile_ranking_examples as
            select 'i' || day as impression_id, 'loan' as tile_id, 1 as position, moment as shown_at,
                day = 2 as is_clicked, (case when day > 1 then vector end)::float[64] as web_embedding,
                case when day > 0 then encoder_version end as encoder_version
            from days;
            """
        )
    return path


def test_every_table_is_a_file_of_its_rows_that_says_which_encoder_made_the_vectors(file, tmp_path):
    done = list(export_tables(file, tmp_path / "out"))
    assert [(each.table, each.rows, each.encoder_versions) for each in done] == [
        (name, 4, ("enc-1",)) for name in TABLES
    ]
    for each in done:
        metadata = duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{each.path}')").fetchall()
        assert ("encoder_versions", "enc-1") in metadata
        with duckdb.connect(str(file), read_only=True) as connection:
            kept = connection.sql(f"select * from {each.table} order by 1, 2").pl()
        # pyarrow, too, where some rows have no vector
        assert pq.read_table(each.path).num_rows == each.rows
        read = pl.read_parquet(each.path)
        assert read.sort(read.columns[:2]).cast(kept.schema).equals(kept)


def test_the_same_build_gives_the_same_bytes(file, tmp_path):
    first, second = (list(export_tables(file, tmp_path / name)) for name in ("first", "second"))
    assert [each.path.read_bytes() for each in first] == [each.path.read_bytes() for each in second]


@pytest.mark.parametrize(
    ("table", "rows"), [("session_embeddings", 2), ("tile_ranking_examples", 2), ("customer_embeddings", 2)]
)
def test_since_leaves_out_what_was_before(file, tmp_path, table, rows):
    (done,) = export_tables(file, tmp_path, [table], START + timedelta(days=2))
    assert done.rows == rows


def test_a_vector_that_still_held_then_is_not_left_out(file, tmp_path):
    (done,) = export_tables(file, tmp_path, ["customer_embeddings"], START + timedelta(days=2, hours=5))
    assert pl.read_parquet(done.path)["valid_from"].to_list() == [START + timedelta(days=day) for day in (2, 3)]


def test_an_export_that_fails_leaves_the_earlier_file_and_nothing_else(file, tmp_path, monkeypatch):
    out = tmp_path / "out"
    (done,) = export_tables(file, out, ["session_embeddings"])
    before = done.path.read_bytes()
    monkeypatch.setitem(export.ORDER, "session_embeddings", "error('no space left')")
    with pytest.raises(duckdb.Error, match="no space left"):
        list(export_tables(file, out, ["session_embeddings"]))
    assert [path.name for path in out.iterdir()] == ["session_embeddings.parquet"]
    assert done.path.read_bytes() == before


@pytest.mark.parametrize("tables", [["sessions"], []])
def test_a_table_that_is_not_for_ranking_is_refused(file, tmp_path, tables):
    with pytest.raises(ExportError, match="it takes session_embeddings, customer_embeddings, tile_ranking_examples"):
        list(export_tables(file, tmp_path / "out", tables))
    assert not (tmp_path / "out").exists()


def test_the_command_tells_files_rows_and_versions_and_refuses_in_one_sentence(file, tmp_path):
    def run(*options):
        return CliRunner().invoke(app, ["export", "--out", str(tmp_path / "out"), "--file", str(file), *options])

    done = run("--tables", "tile_ranking_examples", "--since", "2026-03-04")
    assert done.exit_code == 0, done.output
    assert "tile_ranking_examples.parquet: 1 rows, enc-1" in done.stdout
    refused = run("--tables", "sessions")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("clickintent: There is no export of sessions")


def snippets() -> list[str]:
    """The Python of docs/ranking.md, in the order of the page."""
    return re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "ranking.md").read_text(), re.DOTALL)


def test_the_three_lines_of_the_page_give_the_vectors_as_numpy_polars_and_torch(file, tmp_path, monkeypatch):
    list(export_tables(file, tmp_path / "ranking"))
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for snippet in snippets():
        exec(snippet, names)
    expected = np.zeros((4, 64), dtype=np.float32)
    expected[range(4), range(4)] = range(4)
    np.testing.assert_array_equal(names["vectors"], expected)
    np.testing.assert_array_equal(names["frame"]["embedding"].to_numpy(), expected)
    expected[1] = 0  # of whom no web session is known
    np.testing.assert_array_equal(names["web"].numpy(), expected)
    assert names["clicked"].tolist() == [0, 0, 1, 0]
