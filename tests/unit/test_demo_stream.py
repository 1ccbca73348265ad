"""Rules of writing the synthetic bank to Parquet."""

from pathlib import Path

import polars as pl
import pytest

from clickintent.demo import DemoBank, simulate, stream_to_parquet, write_simulation

BANK = DemoBank(days=10)


def test_a_stream_writes_at_least_the_events_asked_for_and_little_more(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    written = stream_to_parquet(BANK, 12_000, tmp_path, lambda *done: seen.append(done), people_per_part=1_000)
    events = pl.read_parquet(tmp_path / "events" / "*.parquet")
    assert len(events) == written.events
    assert 12_000 <= written.events < 12_000 * 1.2
    assert written.parts == len(seen) > 1
    assert seen[-1] == (written.events, 12_000)


def test_parts_share_no_person_and_no_event(tmp_path: Path) -> None:
    stream_to_parquet(BANK, 8_000, tmp_path, people_per_part=800)
    first, second = (pl.read_parquet(tmp_path / "events" / f"part-0000{part}.parquet") for part in (0, 1))
    for column in ("event_id", "visitor_id", "customer_id"):
        assert not set(first[column].drop_nulls()) & set(second[column].drop_nulls()), column


def test_truth_of_a_stream_covers_its_events(tmp_path: Path) -> None:
    written = stream_to_parquet(BANK, 5_000, tmp_path, people_per_part=800)
    truth = pl.read_parquet(tmp_path / "truth" / "*.parquet")
    events = pl.read_parquet(tmp_path / "events" / "*.parquet")
    assert truth["event_id"].is_unique().all()
    assert set(truth["event_id"]) <= set(events["event_id"].drop_nulls())
    assert written.oracle["sessions"] == pytest.approx(truth["simulated_session_id"].n_unique(), abs=5)


def test_a_pooled_accuracy_lies_between_those_of_the_parts(tmp_path: Path) -> None:
    written = stream_to_parquet(BANK, 8_000, tmp_path, people_per_part=1_000)
    assert 0.85 < written.oracle["group_accuracy"] < 1.0
    assert written.oracle["events"] == written.events


def test_the_same_stream_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        stream_to_parquet(BANK, 3_000, tmp_path / name, people_per_part=500)
    for file in (tmp_path / "first").rglob("*.parquet"):
        assert file.read_bytes() == (tmp_path / "second" / file.relative_to(tmp_path / "first")).read_bytes()


def test_a_stream_refuses_a_directory_that_already_holds_parts(tmp_path: Path) -> None:
    write_simulation(simulate(DemoBank(people=50, days=5)), tmp_path)
    with pytest.raises(FileExistsError, match="already holds"):
        stream_to_parquet(BANK, 1_000, tmp_path)


def test_a_written_simulation_reads_back_unchanged(tmp_path: Path) -> None:
    simulated = simulate(DemoBank(people=50, days=5))
    write_simulation(simulated, tmp_path)
    assert pl.read_parquet(tmp_path / "events" / "*.parquet").equals(simulated.events)
    assert pl.read_parquet(tmp_path / "truth" / "*.parquet").equals(simulated.truth)


def test_a_stream_of_no_events_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        stream_to_parquet(BANK, 0, tmp_path)
