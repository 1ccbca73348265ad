"""The report says what its figures say: a sentence changes side when its figure does."""

import re
from datetime import datetime
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest
from test_stages_run import load
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.evaluation.figures import FIGURE_SCHEMA
from clickintent.report import write_report
from clickintent.report.charts import charts_of, svg
from clickintent.report.figures import Figures, against, number
from clickintent.report.reading import EVALUATIONS
from clickintent.report.sentences import sentences_of

COLUMNS = ("task", "model", "segment", "metric", "value", "low", "high", "n")


def figures(*rows):
    """Rows of (task, model, segment, metric, value, low, high), of 100 each."""
    frame = pl.DataFrame([(*row, 100) for row in rows], schema=list(COLUMNS), orient="row")
    return Figures(frame.with_columns(pl.col("value", "low", "high").cast(pl.Float64)))


def said(table, *rows):
    return " ".join(sentences_of(table, figures(*rows)))


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [
        ((0.05, 0.01, 0.09), "'embedding' is better than 'page counts': +0.050 PR-AUC"),
        ((-0.05, -0.09, -0.01), "'embedding' is worse than 'page counts': -0.050 PR-AUC"),
        ((0.05, -0.01, 0.11), "Whether 'embedding' or 'page counts' is better cannot be told: +0.050 PR-AUC"),
    ],
)
def test_a_gain_is_told_by_its_interval(gain, verdict):
    told = said(
        "eval_conversion",
        ("converts", "page counts", "all", "pr_auc", 0.3, 0.2, 0.4),
        ("converts", "embedding", "all", "pr_auc_gain_over_page_counts", *gain),
    )
    assert verdict in told
    assert f"(95% interval {number(gain[1])} to {number(gain[2])}, n = 100)" in told


@pytest.mark.parametrize(("best", "is_flattered"), [(0.91, True), (0.99, False)])
def test_micro_f1_is_said_to_flatter_where_the_majority_does_about_as_well(best, is_flattered):
    told = said(
        "eval_conversion",
        ("converts", "majority", "all", "micro_f1", 0.9, None, None),
        ("converts", "embedding", "all", "micro_f1", best, None, None),
    )
    assert ("micro F1 flatters" in told) == is_flattered


APP, BOTH = "app page counts + app embedding", "app page counts + both embeddings"
OVER_APP = "over_app_page_counts_and_app_embedding"


def tile_rows(metric, gain, relative, gap=None, segment="linked"):
    names = {"_gain_": gain, "_relative_gain_": relative} | ({"_share_of_gap_": gap} if gap else {})
    rows = [("click", BOTH, segment, f"{metric}{name}{OVER_APP}", *figure) for name, figure in names.items()]
    return [("click", APP, segment, metric, 0.4, 0.3, 0.5), *rows]


@pytest.mark.parametrize(
    ("gain", "relative", "sides"),
    [
        (
            (0.05, 0.03, 0.07),
            (0.12, 0.08, 0.18),
            ["is better than", "+12.0% (+8.0% to +18.0%), above the paper's 1.88%"],
        ),
        ((0.001, 0.0005, 0.002), (0.003, 0.001, 0.005), ["is better than", "below the paper's 1.88%"]),
        ((0.005, -0.001, 0.02), (0.01, -0.003, 0.05), ["is better cannot be told", "not to be told from the paper's"]),
        ((-0.05, -0.07, -0.03), (-0.12, -0.2, -0.1), ["is worse than", "-12.0%", "below the paper's 1.88%"]),
    ],
)
def test_what_the_web_adds_to_a_ranker_stands_beside_the_paper(gain, relative, sides):
    told = said("eval_tile_ranking", *tile_rows("macro_recall_at_1", gain, relative))
    assert all(side in told for side in sides), told
    assert f"'{APP}'" in told
    assert told.count("Relative to it") == 1


@pytest.mark.parametrize(
    ("gap", "side"),
    [
        ((0.7, 0.6, 0.8), "more than half"),
        ((0.2, 0.1, 0.3), "less than half"),
        ((0.5, 0.3, 0.7), "whether half cannot"),
    ],
)
def test_a_gain_is_held_against_half_of_what_the_oracle_gains(gap, side):
    rows = tile_rows("log_loss", (0.1, 0.09, 0.11), (0.2, 0.18, 0.22), gap)
    told = said("eval_tile_ranking", *rows)
    assert "is better than" in told
    assert "0.100 less log loss" in told
    assert "above the paper's 13.38% less log loss" in told
    assert side in told


def test_the_web_on_linked_customers_is_told_first_and_only_embeddings_of_it_beside_the_paper():
    everybody = tile_rows("macro_recall_at_1", (0.02, 0.01, 0.03), (0.05, 0.02, 0.08), segment="all")
    intents = ("click", BOTH, "all", "macro_recall_at_1_gain_over_page_counts", 0.1, 0.05, 0.2)
    of_linked = ("click", BOTH, "linked", "macro_recall_at_1_gain_over_page_counts", 0.1, 0.05, 0.2)
    linked = tile_rows("macro_recall_at_1", (0.05, 0.03, 0.07), (0.12, 0.08, 0.18))
    rows = [
        intents,
        of_linked,
        ("click", "page counts", "all", "macro_recall_at_1", 0.4, 0.3, 0.5),
        *everybody,
        *linked,
    ]

    sentences = sentences_of("eval_tile_ranking", figures(*rows))

    assert [sentence.split(":")[0] for sentence in sentences] == ["click, linked", "click", "click"]
    assert ["paper" in sentence for sentence in sentences] == [True, True, False]


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        ((0.9, 0.85, 0.95), "above the aim of 80%"),
        ((0.6, 0.55, 0.65), "below the aim of 80%"),
        ((0.8, 0.7, 0.9), "whether the aim of 80% is reached cannot be told"),
    ],
)
def test_what_a_web_head_reaches_is_held_against_the_aim(share, verdict):
    told = said(
        "eval_platform_alignment",
        ("level_1", "embedding", "equal intents", "web_head_share", *share),
        ("level_1", "mean page text", "equal intents", "web_head_share", 0.5, 0.4, 0.6),
    )
    assert verdict in told
    assert "Beside it: mean page text 50%." in told
    assert "No real data here has both channels" in told


def test_a_loss_and_its_interval_are_of_one_sign_and_of_no_difference_nothing_more_is_told():
    worse = said("eval_tile_ranking", *tile_rows("log_loss", (-0.1, -0.2, 0.1), (-0.1, -0.2, 0.1), (0.1, -0.1, 0.2)))
    assert "-0.100 less log loss (95% interval -0.200 to 0.100" in worse
    assert "of the simulator's oracle" not in worse
    assert "oracle would gain" not in worse
    same = said("eval_tile_ranking", *tile_rows("log_loss", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    assert "no difference in log loss" in same


def test_an_encoder_that_was_told_intents_is_held_against_the_aim_by_itself():
    rows = figures(
        ("level_2", "embedding", "equal intents", "web_head_share", 0.6, 0.55, 0.65),
        ("level_2", "embedding, told intents", "equal intents", "web_head_share", 0.9, 0.85, 0.95),
    )
    told = sentences_of("eval_platform_alignment", rows)
    plain, taught = (sentence for sentence in told if "counted alike" in sentence)
    assert "below the aim" in plain
    assert "'embedding, told intents'" in taught
    assert "above the aim" in taught


@pytest.mark.parametrize(
    ("near", "side"),
    [
        ((0.5, 0.45, 0.55), "5.0 times as many as by chance"),
        ((0.1, 0.05, 0.15), "no more than by chance, as far as can be told"),
        ((0.02, 0.01, 0.03), "fewer than by chance"),
    ],
)
def test_neighbours_are_held_against_chance(near, side):
    chance = ("level_2", "embedding", "equal intents", "neighbours_by_chance", 0.1, 0.1, 0.1)
    row = ("level_2", "embedding", "equal intents", "neighbours_of_same_intent", *near)
    assert side in said("eval_platform_alignment", row, chance)


@pytest.mark.parametrize(
    ("probe", "side"),
    [((0.9, 0.85, 0.95), "the channel can be read"), ((0.5, 0.45, 0.55), "the channel cannot be read")],
)
def test_a_channel_that_a_probe_reads_is_said_to_be_there(probe, side):
    assert side in said(
        "eval_platform_alignment", ("level_2", "embedding", "all", "channel_auroc_within_intent", *probe)
    )


@pytest.mark.parametrize(("near", "side"), [(0.11, "as it must be"), (0.2, "do not believe the other figures")])
def test_a_control_above_chance_warns(near, side):
    model = "embedding, disjoint vocabularies"
    assert side in said(
        "eval_platform_alignment",
        ("level_2", model, "equal intents", "neighbours_of_same_intent", near, near, near),
        ("level_2", model, "equal intents", "neighbours_by_chance", 0.1, 0.1, 0.1),
    )


@pytest.mark.parametrize(
    ("masked", "gain", "sides"),
    [
        (
            (0.3, 0.25, 0.35),
            (-0.2, -0.25, -0.15),
            ["takes 50% of what is above a guess", "still 3.0 times a guess"],
        ),
        ((0.1, 0.05, 0.15), (-0.4, -0.45, -0.35), ["takes 100%", "cannot be told from a guess"]),
        (
            (0.5, 0.45, 0.55),
            (0.0, -0.05, 0.05),
            ["takes nothing away that could be told", "is no protection"],
        ),
    ],
)
def test_a_mask_is_told_by_what_it_takes_and_by_what_is_left(masked, gain, sides):
    told = said(
        "eval_sensitive",
        ("session", "embedding", "all", "pr_auc", 0.5, 0.45, 0.55),
        ("session", "embedding", "all", "sensitive_share", 0.1, 0.09, 0.11),
        ("session", "embedding, named pages null", "all", "pr_auc", *masked),
        ("session", "embedding, named pages null", "all", "pr_auc_gain_over_embedding", *gain),
        ("other intents", "embedding", "all", "macro_f1", 0.8, 0.7, 0.9),
        ("other intents", "embedding, named pages null", "all", "macro_f1", 0.7, 0.6, 0.8),
    )
    assert "can be read out of the embedding" in told
    assert all(side in told for side in sides), told
    assert "Other intents pay macro F1 0.800 to 0.700." in told


def test_what_reads_more_than_the_embedding_is_more_telling():
    told = said(
        "eval_sensitive",
        ("session", "embedding", "all", "pr_auc", 0.5, 0.45, 0.55),
        ("session", "embedding", "all", "sensitive_share", 0.1, 0.09, 0.11),
        ("session", "page counts", "all", "pr_auc", 0.6, 0.5, 0.7),
        ("session", "page counts", "all", "pr_auc_gain_over_embedding", 0.1, 0.05, 0.15),
    )
    assert "'page counts' is more telling than 'embedding'" in told


@pytest.mark.parametrize(
    ("kept", "verdict"),
    [
        ((0.99, 0.98, 1.0), "above the aim of 97%"),
        ((0.9, 0.88, 0.92), "below the aim"),
        ((0.97, 0.9, 1.0), "cannot be told"),
    ],
)
def test_what_a_student_keeps_is_held_against_the_aim(kept, verdict):
    row = ("kept_of_teacher_level_1", "embedded labeler and student", "judged by simulator", "share_kept", *kept)
    assert verdict in said("eval_distillation", row)


@pytest.mark.parametrize(("teacher", "is_circular"), [("embedded labeler", True), ("openai labeler", False)])
def test_a_teacher_that_reads_what_the_student_reads_is_called_circular(teacher, is_circular):
    row = ("kept_of_teacher_level_1", f"{teacher} and student", "judged by people", "share_kept", 0.99, 0.98, 1.0)
    assert ("circular" in said("eval_distillation", row)) == is_circular


def test_costs_are_told_from_the_least_to_the_most():
    costs = [
        ("cost", name, "all", "usd_per_million_sessions", value, None, None) for name, value in (("b", 900), ("a", 30))
    ]
    assert "from 30 USD (a) to 900 USD (b)" in said("eval_distillation", *costs)


def test_an_interval_decides_and_without_one_the_figure_does():
    rows = figures(("t", "m", "all", "a", 0.5, 0.4, 0.6), ("t", "m", "all", "b", 0.5, None, None)).rows
    assert [against(row, 0.45) for row in rows] == ["unsure", "above"]
    assert [against(row, 0.7) for row in rows] == ["below", "below"]


def test_a_chart_is_well_formed_whatever_models_are_called_and_draws_each_bar():
    told = figures(
        ("neighbours", '<b>&"', "all", "neighbours_kept", 0.8, 0.7, 0.9),
        ("neighbours", "down", "all", "neighbours_kept", -0.1, None, None),
        ("neighbours", "down", "all", "neighbours_kept_by_chance", 0.01, 0.01, 0.01),
    )
    (chart,) = charts_of("eval_stability", told)
    root = ElementTree.fromstring(svg(chart))
    bars = root.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 2
    assert float(bars[0].get("width")) == pytest.approx(8 * float(bars[1].get("width")), rel=0.01)
    assert '<b>&"' in [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]


# -- whole pages -----------------------------------------------------------------------------------


def figure_table(*rows):
    frame = pl.DataFrame([(*row, 100) for row in rows], schema=list(COLUMNS), orient="row")
    missing = [pl.lit(None).alias(name) for name in FIGURE_SCHEMA if name not in COLUMNS]
    whole = frame.with_columns(*missing).select(list(FIGURE_SCHEMA)).cast(pl.Schema(FIGURE_SCHEMA))
    return whole.with_columns(split_at=datetime(2026, 3, 31, 7), encoder_version=pl.lit("enc-1"))


@pytest.fixture
def built(tmp_path):
    """A file with two tables of figures, one of them with what cannot be told."""
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        load(connection, "sessions", pl.DataFrame({"source": ["demo"], "is_bot": [False]}))
        load(
            connection,
            "eval_stability",
            figure_table(
                ("neighbours", "another seed", "all", "neighbours_kept", 0.8, 0.7, 0.9),
                ("neighbours", "nobody's", "web", "neighbours_kept", float("nan"), float("nan"), None),
            ),
        )
        load(connection, "eval_sensitive", figure_table())
    return file


def written(file, tmp_path):
    return {path.name: path.read_text() for path in write_report(file, tmp_path / "out")}


def test_a_page_tells_what_is_there_names_what_is_not_and_says_what_synthetic_data_prove(built, tmp_path):
    pages = written(built, tmp_path)

    assert set(pages) == {"report.html", "report.md", "eval_stability-1.svg"}
    for page in (pages["report.html"], pages["report.md"]):
        assert "they prove nothing about a bank" in page
        assert "80% (95% interval 70% to 90%, n = 100)" in page
        assert "fitted on what was known before 2026-03-31, encoder enc-1" in page
        assert not re.search(r"\bnan\b|\bnone\b", page, re.IGNORECASE)
        for evaluation in EVALUATIONS:
            assert evaluation.table in page
        missing = page.split("Not built")[1]
        assert "eval_sensitive" in missing  # a table without rows says nothing
        assert "dbt build --select tag:evaluation" in missing
        assert "eval_stability" not in missing
    assert "<svg" in pages["report.html"]
    assert not re.search(r"(src|href)=", pages["report.html"])
    assert "(eval_stability-1.svg)" in pages["report.md"]


def test_other_data_are_not_called_synthetic(built, tmp_path):
    with duckdb.connect(str(built)) as connection:
        connection.execute("update sessions set source = 'snowplow'")
    assert "synthetic" not in written(built, tmp_path)["report.html"]
    with duckdb.connect(str(built)) as connection:
        connection.execute("insert into sessions values ('demo', false)")
    assert "no figure is of real people alone" in written(built, tmp_path)["report.md"]


def test_the_same_tables_write_the_same_bytes_and_plots_of_earlier_ones_go(built, tmp_path):
    stale = tmp_path / "out" / "eval_stability-7.svg"
    stale.parent.mkdir()
    stale.write_text("stale")
    first = written(built, tmp_path)
    assert not stale.exists()
    assert written(built, tmp_path) == first


def test_a_table_of_figures_that_the_report_does_not_know_is_told_by_its_gains(built, tmp_path):
    row = ("task", "new", "all", "recall_gain_over_old", 0.2, 0.1, 0.3)
    with duckdb.connect(str(built)) as connection:
        load(connection, "eval_something", figure_table(row))
        load(connection, "eval_rows", pl.DataFrame({"session_id": ["s"]}))
    page = written(built, tmp_path)["report.md"]
    assert "## eval_something" in page
    assert "'new' is better than 'old': +0.200 recall" in page
    assert "eval_rows" not in page


def test_names_from_data_are_text_on_the_page(built, tmp_path):
    with duckdb.connect(str(built)) as connection:
        connection.execute("update eval_stability set model = '<script>|x' where segment = 'all'")
    pages = written(built, tmp_path)
    assert "<script>" not in pages["report.html"] + pages["report.md"]
    assert "&lt;script&gt;\\|x" in pages["report.md"]


def test_tables_of_the_older_shape_are_read_and_those_of_single_intents_left_out(built, tmp_path):
    with duckdb.connect(str(built)) as connection:
        connection.execute(
            """
            create table eval_labels as
            select * from (values
                ('level_1', 'session_intents', 'all', 'accuracy', null, 0.8, 0.7, 0.9, 10, timestamp '2026-05-01'),
                ('level_1', 'session_intents', 'all', 'coverage', null, 0.9, 0.8, 1.0, 10, timestamp '2026-05-01'),
                ('level_1', 'oracle', 'all', 'accuracy', null, 0.95, 0.9, 1.0, 10, timestamp '2026-05-01'),
                ('level_1', 'oracle', 'all', 'accuracy_of_intent', 'cards', 0.1, 0, 1, 10, timestamp '2026-05-01')
            ) as rows (task, model, channel, metric, intent_id, value, low, high, n, evaluated_at)
            """
        )
        connection.execute(
            """
            create table encoder_drift as
            select 'enc-1' as encoder_version, 'web' as channel, timestamp '2026-04-01' as trained_to,
                0 as session_count, 0 as page_event_count, null::double as new_page_event_share,
                null::double as embedding_shift
            """
        )
    page = written(built, tmp_path)["report.md"]
    assert "The group is right for 80% (95% interval 70% to 90%, n = 10) of the 90% of sessions" in page
    assert "the best possible 95%" in page
    assert "accuracy_of_intent" not in page
    assert "evaluated at 2026-05-01" in page
    assert "None of its figures can be told yet" in page.split("since the encoder was trained")[1]


def test_the_command_writes_and_refuses_a_file_that_is_not_there(built, tmp_path):
    done = CliRunner().invoke(app, ["report", "--out", str(tmp_path / "out"), "--file", str(built)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "report.html").exists()
    refused = CliRunner().invoke(app, ["report", "--out", str(tmp_path), "--file", str(tmp_path / "none.duckdb")])
    assert refused.exit_code == 1
    assert not (tmp_path / "report.html").exists()
