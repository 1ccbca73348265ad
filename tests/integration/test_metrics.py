"""Metrics are valid, and say what plain SQL says."""

import csv
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

pytestmark = pytest.mark.slow

MF = Path(sys.executable).with_name("mf")

# metrics, what they are grouped by, and the same in SQL
QUERIES = {
    "sessions, visitors, coverage and conversion by day and channel": (
        "human_sessions,human_visitors,intent_coverage,session_conversion_rate",
        "metric_time__day,human_session__channel",
        """
        select
            cast(sessions.started_at as date) as day, sessions.channel, count(*), count(distinct sessions.visitor_id),
            1 - avg(intents.is_abstained::int), avg(sessions.is_converted::int)
        from sessions inner join session_intents as intents using (session_id)
        where not sessions.is_bot group by all
        """,
    ),
    "share of each intent in each week": (
        "intent_sessions,intent_share",
        "metric_time__week,intent__intent_name",
        """
        with weeks as (
            select date_trunc('week', started_at) as week, names.intent_name
            from sessions inner join session_intents using (session_id)
            left join dim_intents as names using (intent_id)
            where not is_bot
        ),
        every_week as (select week, count(*) as sessions from weeks group by week)
        select every_week.week, names.intent_name, count(weeks.week), count(weeks.week) / any_value(every_week.sessions)
        from every_week
        cross join (select distinct intent_name from weeks) as names
        left join weeks on every_week.week = weeks.week and names.intent_name = weeks.intent_name
        group by all
        """,
    ),
    "share of each group of intents in the app": (
        "intent_group_share",
        "intent_share__channel,intent_share__intent_l1",
        """
        with counted as (
            select sessions.channel, intents.intent_l1, count(*) as sessions
            from sessions inner join session_intents as intents using (session_id)
            where not sessions.is_bot group by all
        ),
        cells as (
            select * from (select distinct channel from counted) cross join (select distinct intent_l1 from counted)
        )
        select channel, intent_l1, coalesce(sessions, 0) / sum(sessions) over (partition by channel)
        from cells left join counted using (channel, intent_l1)
        """,
    ),
    "number, length and outcome of journeys": (
        "intent_journeys,journey_length,journey_length_days,journey_conversion_rate",
        "journey__intent_l1",
        """
        select intent_l1, count(*), avg(session_count), avg(duration_days), avg(is_converted::int)
        from journeys group by all
        """,
    ),
    "agreement with labels": (
        "label_agreement,sessions_comparable_with_label,label_answer_rate",
        "human_session__channel",
        """
        select
            sessions.channel,
            avg((labels.intent_id = intents.intent_id)::int) filter (labels.status = 'ok' and not intents.is_abstained),
            count(*) filter (labels.status = 'ok' and not intents.is_abstained),
            avg((labels.status = 'ok')::int)
        from session_labels as labels
        inner join session_intents as intents using (session_id)
        inner join sessions using (session_id)
        where labels.rank = 1 and labels.status in ('ok', 'abstained')
        group by all
        """,
    ),
    "visitors of 28 days do not add up": (
        "human_visitors_28_days",
        "metric_time__day",
        """
        with days as (select distinct cast(started_at as date) as day from sessions where not is_bot)
        select days.day, count(distinct sessions.visitor_id)
        from days inner join sessions on cast(started_at as date) between days.day - 27 and days.day
        where not sessions.is_bot group by all
        """,
    ),
    "rows that came in": (
        "event_rows_read,event_rows_quarantined,quarantine_share",
        "load_of_events__source",
        """
        select source, sum(row_count), sum(quarantined_count), sum(quarantined_count) / sum(row_count)
        from ingestion_audit group by all
        """,
    ),
}


@pytest.fixture(scope="module")
def metricflow(built_demo, tmp_path_factory):
    """Runs `mf` on the built demo, in a folder of its own: it reads `target/` beside `dbt_project.yml` alone."""
    folder = tmp_path_factory.mktemp("metricflow")
    shutil.copy(ROOT / "dbt_project.yml", folder)
    (folder / "target").mkdir()
    shutil.copy(built_demo.folder / "target" / "semantic_manifest.json", folder / "target")
    environment = {
        **os.environ,
        "CLICKINTENT_DUCKDB": str(built_demo.file),
        "DBT_PROFILES_DIR": str(ROOT / "profiles"),
        "DBT_PROJECT_DIR": str(folder),
    }

    def run(*arguments: str) -> str:
        command = [str(MF), *arguments]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        return done.stdout + done.stderr

    run.folder = folder
    return run


def rows_of(file: Path) -> list[tuple]:
    """Of a CSV file, as numbers where they are, by their keys."""
    with file.open() as lines:
        return [tuple(value_of(text) for text in row) for row in list(csv.reader(lines))[1:]]


def value_of(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text.removesuffix(" 00:00:00") or None


def as_told(rows: list[tuple]) -> list[tuple]:
    return [tuple(value_of("" if value is None else str(value)) for value in row) for row in rows]


def same(left: tuple, right: tuple) -> bool:
    return len(left) == len(right) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("query", QUERIES)
def test_a_metric_is_what_sql_says(metricflow, built_demo, query):
    metrics, groups, sql = QUERIES[query]
    out = metricflow.folder / "answer.csv"
    metricflow("query", "--metrics", metrics, "--group-by", groups, "--csv", str(out))
    names = out.read_text().splitlines()[0].split(",")
    asked = [*groups.split(","), *metrics.split(",")]
    answered = [tuple(row[names.index(name)] for name in asked) for row in rows_of(out)]
    by_key = {"key": lambda row: tuple(str(value) for value in row[: len(groups.split(","))])}
    expected = sorted(as_told(built_demo.query(sql)), **by_key)
    assert len(expected) > 0
    assert len(answered) == len(expected)
    wrong = [pair for pair in zip(sorted(answered, **by_key), expected, strict=True) if not same(*pair)]
    assert wrong == []


def test_the_semantic_models_are_valid_on_the_warehouse(metricflow):
    told = metricflow("validate-configs")
    assert told.count("(ERRORS: 0, FUTURE_ERRORS: 0") == 6


@pytest.mark.parametrize("name", ["sessions_by_day_and_channel", "conversion_by_intent"])
def test_a_saved_query_answers(metricflow, name):
    out = metricflow.folder / "saved.csv"
    metricflow("query", "--saved-query", name, "--csv", str(out))
    assert len(rows_of(out)) > 1
