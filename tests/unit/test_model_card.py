"""What a model card says, from nothing but a version's row."""

import json
from datetime import datetime

import pytest

from clickintent.model_card import FIGURES, render_card

METRICS = {
    "is_trained": True,
    "sessions_by_channel": {"web": 1200, "app": 300},
    "evaluated_on": "held-out visitors",
    "masked_page_recall_at_10": 0.61234,
    "popularity_recall_at_10": 0.2,
    "markov_recall_at_10": 0.5,
    "effective_rank": 21.0,
    "losses": {"page": 3.25, "total": 9.0},
    "stopped_by": "steps",
}
ROW = {
    "version": "enc-1",
    "status": "candidate",
    "trained_at": datetime(2026, 3, 5, 10, 30),
    "trained_rows": 1350,
    "trained_from": datetime(2026, 3, 1),
    "trained_to": datetime(2026, 3, 4, 23),
    "config": json.dumps({"steps": 300, "seed": 7}),
    "metrics": json.dumps(METRICS),
    "approved_by": None,
    "approved_at": None,
}
CLASSIFIER = {
    **ROW,
    "version": "cls-1",
    "config": json.dumps(
        {"encoder_version": "enc-1", "taxonomy_version": "tax-1", "labeler": "embedded", "labeler_model": "tfidf"}
    ),
    "metrics": json.dumps(
        {
            "agreement": 0.8,
            "majority_agreement": None,
            "agreement_per_leaf": {"cards.find": {"agreement": 0.75, "low": 0.5, "high": None, "n": 4}},
            "leaves_without_labels": ["loans.auto"],
        }
    ),
}


def encoder_card(**columns):
    return render_card("session_encoder", {**ROW, **columns})


def with_metrics(**metrics):
    return encoder_card(metrics=json.dumps({**METRICS, **metrics}))


def test_a_card_says_how_many_sessions_of_when_and_of_which_channels_were_trained_on():
    card = encoder_card()
    assert "1,350 sessions, started between 2026-03-01 and 2026-03-04" in card
    assert "300 app, 1,200 web" in card


def test_a_card_puts_figures_beside_their_baselines_and_lists_all_others():
    card = encoder_card()
    assert "| hidden page, ten guesses | 0.612 | popularity 0.2, Markov chain 0.5 |" in card
    assert "| effective rank | 21 |  |" in card
    assert "Measured on held-out visitors." in card
    assert "- losses: page 3.25, total 9" in card


def test_a_figure_that_a_version_does_not_have_is_left_out():
    assert "first guess" not in encoder_card()
    assert "| agreement with the labeler | 0.8 | most frequent intent not known |" in render_card(
        "intent_classifier", CLASSIFIER
    )


def test_a_card_says_what_the_model_is_not_for_and_how_it_was_configured():
    card = encoder_card()
    assert "Decisions about a person" in card
    assert '"seed": 7' in card


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        ({"status": "candidate"}, ["**Candidate.**", "clickintent models promote enc-1\n"]),
        (
            {"status": "current", "approved_by": "J. Doe", "approved_at": datetime(2026, 3, 6)},
            ["**In force.**", "Approved at 2026-03-06 00:00 UTC by: J. Doe", "clickintent models rollback"],
        ),
        (
            {"status": "retired", "approved_by": "J. Doe", "approved_at": datetime(2026, 3, 6)},
            ["**Retired, was in force.**", "clickintent models promote enc-1\n"],
        ),
    ],
    ids=["candidate", "in force", "retired"],
)
def test_a_card_says_whether_the_version_is_in_force_and_what_to_do_next(standing, told):
    card = encoder_card(**standing)
    assert [text for text in told if text not in card] == []


def test_a_card_of_untrained_weights_does_not_pretend_to_a_training():
    card = with_metrics(is_trained=False)
    assert "drawn from the seed" in card
    assert "synthetic banks" in with_metrics(is_trained=False, initial_weights="packaged-0123456789ab")
    assert "1,350 sessions" not in card


def test_a_training_that_the_clock_ended_is_told():
    assert "A clock ended the training" in with_metrics(stopped_by="clock")
    assert "A clock ended" not in encoder_card()


def test_a_training_on_a_gpu_is_told():
    assert "A GPU trained it" in with_metrics(device="cuda")
    assert "A GPU trained it" not in with_metrics(device="cpu") + encoder_card()


def test_a_row_from_before_channels_were_counted_has_a_card_too():
    metrics = {name: value for name, value in METRICS.items() if name != "sessions_by_channel"}
    card = encoder_card(metrics=json.dumps(metrics), trained_from=None, trained_to=None)
    assert "By channel" not in card
    assert "1,350 sessions, times not known" in card


def test_the_card_of_a_classifier_names_what_it_was_distilled_from_and_promotes_it_as_one():
    card = render_card("intent_classifier", CLASSIFIER)
    assert "Embeddings of `enc-1`, taxonomy `tax-1`, labels of the labeler 'embedded' (tfidf)" in card
    assert "| cards.find | 0.75 | 0.5 to not known | 4 |" in card
    assert "No session had a label of: loans.auto." in card
    assert "clickintent models promote cls-1 --model classifier" in card


def test_every_figure_of_a_card_is_one_that_training_measures():
    """The names are those that the two trainings write; a renamed metric would leave the cards silently."""
    from test_encoder_synthetic import simulate

    from clickintent.encoder import EncoderConfig, train_encoder

    synthetic = simulate(60, seed=4)
    config = EncoderConfig(steps=1, min_training_sessions=10, heldout_share=0.3)
    metrics = train_encoder(synthetic.sequences, synthetic.pages, config).metrics
    named = {name for figure in FIGURES["session_encoder"] for name in (figure.metric, *figure.baselines)}
    assert named - set(metrics) == set()
