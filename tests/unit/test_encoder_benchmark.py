"""What may be relied on where figures of several benchmark runs are put together."""

import pytest
from benchmarks.encoder.comparison import corrected_interval
from benchmarks.encoder.merging import drop_part, merge
from benchmarks.processes import BenchmarkError
from scipy.stats import ttest_rel

ABOUT = {"kind": "classes", "examples": 8_000, "classes": 28, "note": "synthetic"}


def run(*, model="encoder", split="0", figure=0.5, about=ABOUT, **parts):
    tasks = {"bank_intent": {"about": about, "models": {model: {"macro_f1": {split: figure}}}}}
    environment = {"tasks": {"command": f"measures {model}"}}
    return {"tasks": tasks, "variants": {}, "speed": {}, "environment": environment, **parts}


def variants(name, figure):
    entry = {"parameters": 9, "seconds": {"bank": {"0": 1.5}}, "tasks": {"bank_intent": {"macro_f1": {"0": figure}}}}
    return {"sessions": {name: entry}}


def test_models_and_splits_of_another_run_are_added():
    measured = run()
    merge(measured, run(split="1", figure=0.6), "later")
    merge(measured, run(model="CoLES Transformer", split="1", figure=0.3), "last")
    assert measured["tasks"]["bank_intent"]["models"] == {
        "encoder": {"macro_f1": {"0": 0.5, "1": 0.6}},
        "CoLES Transformer": {"macro_f1": {"1": 0.3}},
    }


def test_what_was_measured_again_takes_the_place_of_what_was_there():
    measured = run(variants=variants("300", 0.1))
    merge(measured, run(figure=0.7, variants=variants("300", 0.2) | {"steps": {}}), "later")
    assert measured["tasks"]["bank_intent"]["models"]["encoder"]["macro_f1"] == {"0": 0.7}
    assert measured["variants"]["sessions"]["300"]["tasks"]["bank_intent"]["macro_f1"] == {"0": 0.2}


def test_every_run_is_named_and_those_of_a_part_are_numbered():
    measured = run(speed={"batch": 1}, environment={"tasks": {"command": "first"}, "speed": {"command": "slow"}})
    merge(measured, run(model="majority"), "later")
    merge(measured, run(speed={"batch": 2}, environment={"speed": {"command": "fast"}}), "last")
    assert {key: environment["command"] for key, environment in measured["environment"].items()} == {
        "tasks": "first",
        "tasks (2)": "measures majority",
        "speed": "fast",
    }
    assert list(measured["environment"]) == ["tasks", "tasks (2)", "speed"]
    drop_part(measured["environment"], "tasks")
    assert list(measured["environment"]) == ["speed"]


def test_figures_of_another_data_set_under_the_same_name_are_refused():
    with pytest.raises(BenchmarkError, match=r"folder/later measured another task bank_intent .*'examples': 10"):
        merge(run(), run(about=ABOUT | {"examples": 10}), "folder/later")


def test_an_interval_is_wider_than_that_of_independent_splits_and_none_of_a_single_one():
    own, rival = [0.9, 0.8, 0.85, 0.95], [0.8, 0.75, 0.8, 0.8]
    mean, low, high = corrected_interval(own, rival)
    plain = ttest_rel(own, rival).confidence_interval()
    assert mean == pytest.approx(0.0875)
    assert low < plain.low < mean < plain.high < high
    # by hand: a variance of the mean of (1/4 + .15/.70) times that of the differences, and t of 3 degrees
    assert high - mean == pytest.approx(3.182446 * ((1 / 4 + 0.15 / 0.70) * 0.00229167) ** 0.5, rel=1e-4)
    assert corrected_interval(own[:1], rival[:1]) == (pytest.approx(0.1), None, None)
