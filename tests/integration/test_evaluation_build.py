"""`dbt build --select tag:evaluation` on a small demo bank: fitted before the split, once, and no leak unseen."""

import pytest

pytestmark = pytest.mark.slow

FITS = ["eval_encoder", "eval_classifier", "eval_session_embeddings"]


@pytest.fixture(scope="module")
def evaluated(built_demo, tmp_path_factory):
    project = built_demo.copy(tmp_path_factory.mktemp("evaluated"))
    project.vars["evaluation"] = {"horizon_days": 5}
    project.build("--select", "tag:evaluation")
    return project


def test_both_tasks_are_judged_with_their_baselines(evaluated):
    conversion = {
        row[0] for row in evaluated.query("select distinct model from eval_conversion where task = 'converts'")
    }
    assert {"majority", "aggregates", "page counts", "labels", "embedding"} <= conversion
    tiles = {row[0] for row in evaluated.query("select distinct model from eval_tile_ranking")}
    assert {"app page counts", "app page counts + both embeddings", "oracle"} <= tiles


def test_everything_was_fitted_before_the_split(evaluated):
    ((split_at,),) = evaluated.query("select split_at from eval_split")
    for table in ("eval_encoder", "eval_classifier"):
        assert all(trained_to < split_at for (trained_to,) in evaluated.query(f"select trained_to from {table}")), table
    assert evaluated.query("select count(*) > 0 from eval_sessions where started_at >= split_at") == [(True,)]


def test_a_second_build_trains_nothing_and_judges_alike(evaluated):
    before = {table: evaluated.content(table, ("embedded_at",)) for table in FITS}
    figures = evaluated.content("eval_conversion", ("evaluated_at",))
    evaluated.build("--select", "tag:evaluation")
    for table in FITS:
        assert evaluated.content(table, ("embedded_at",)).equals(before[table]), table
    assert evaluated.content("eval_conversion", ("evaluated_at",)).equals(figures)


@pytest.mark.parametrize(
    ("test", "planted"),
    [
        (
            "eval_examples_know_nothing_of_later",
            "insert into eval_example_sessions select * replace (moment - interval 1 hour as moment) "
            "from eval_example_sessions limit 1",
        ),
        (
            "eval_fits_are_before_the_split",
            "update eval_encoder set trained_to = (select split_at from eval_split) where status = 'current'",
        ),
    ],
)
def test_a_planted_leak_is_found(evaluated, tmp_path, test, planted):
    import duckdb

    leaky = evaluated.copy(tmp_path)
    assert leaky.dbt("test", "--select", test).returncode == 0
    with duckdb.connect(str(leaky.file)) as connection:
        connection.execute(planted)
    assert leaky.dbt("test", "--select", test).returncode == 1
