"""A file written anew is whole, or the old one stays; nothing that was spilled beside it outlives it."""

import shutil
import subprocess
import sys

import duckdb
import pytest

from clickintent.built_file import BuiltFileError
from clickintent.privacy.rewriting import remove_spilled, rewrite


@pytest.fixture
def file(tmp_path):
    """A build with a view that names the database, as views of dbt do."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table sessions as select range as session_id from range(100)")
        connection.execute("create view kept as select * from warehouse.main.sessions where session_id < 10")
    return path


def count(connection) -> int:
    return connection.execute("select count(*) from kept").fetchone()[0]


def test_behind_a_link_the_file_is_another_one_and_the_link_stays(file, tmp_path):
    (tmp_path / "store").mkdir()
    behind = file.rename(tmp_path / "store" / file.name)
    file.symlink_to(behind)
    before = behind.stat().st_ino
    counted = []
    rewrite(file, lambda written: counted.append(count(written)))
    assert counted == [10]
    assert behind.stat().st_ino != before
    assert file.is_symlink()
    assert [path.name for path in behind.parent.iterdir()] == [file.name]
    with duckdb.connect(str(file), read_only=True) as connection:
        assert count(connection) == 10


def test_a_new_file_that_is_not_proven_takes_no_place(file):
    before = file.stat().st_ino

    def refuse(written):
        raise BuiltFileError(f"{count(written)} rows are left")

    with pytest.raises(BuiltFileError, match="10 rows are left"):
        rewrite(file, refuse)
    assert file.stat().st_ino == before


def test_without_room_for_a_second_file_nothing_is_written_and_the_message_says_how_much_there_is(file, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 3, 7))
    with pytest.raises(BuiltFileError, match=r"has 7 bytes free.*: make room"):
        rewrite(file, lambda _: None)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_while_a_build_writes_nothing_is_copied(file):
    script = f"import duckdb; c = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as build:
        build.stdout.readline()
        with pytest.raises(BuiltFileError, match="is a build writing to it"):
            rewrite(file, lambda _: None)
        build.communicate(b"\n")


def test_what_a_killed_process_had_spilled_goes(file):
    spilled = file.with_name("warehouse.duckdb.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("rows of hers")
    remove_spilled(file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    remove_spilled(file)  # where nothing is, nothing goes
