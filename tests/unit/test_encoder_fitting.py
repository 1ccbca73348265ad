"""What the training loop promises: it goes on after a kill, stops when it should, and looks only at what it may."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from test_encoder_synthetic import simulate

from clickintent.encoder import EncoderConfig, SessionEncoder, encode, load_encoder, train_encoder, training_losses
from clickintent.encoder.batches import make_past
from clickintent.encoder.checkpoint import fingerprint_of
from clickintent.encoder.config import SEEDED
from clickintent.encoder.fitting import fit
from clickintent.encoder.objectives import Bag, Candidates, SessionHeads, bag_losses, may_repel
from clickintent.encoder.session_arrays import FIRST_CODE
from clickintent.encoder.training_data import NO_SESSION, events_of, log_chance_by_session, prepare, sample_sessions
from clickintent.encoder.training_losses import Heads

SYNTHETIC = simulate(600, seed=2)
BRIEF = EncoderConfig(steps=6, batch_sessions=64, evaluate_every=2)


@pytest.fixture(scope="module")
def data():
    return prepare(sample_sessions(SYNTHETIC.sequences, BRIEF), SYNTHETIC.pages, BRIEF)


class KilledError(Exception):
    """Stands for a kill."""


def train_until_killed(file, *, at_step, device="cpu"):
    def kill(step, steps, losses):
        if step == at_step:
            raise KilledError

    with pytest.raises(KilledError):
        train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF, kill, file, device=device)


def test_a_killed_run_goes_on_and_ends_where_an_undisturbed_one_does(tmp_path):
    file = tmp_path / "run.safetensors"
    train_until_killed(file, at_step=5)
    assert file.exists()
    steps = []
    resumed = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF, lambda step, *_: steps.append(step), file)
    assert steps == [5, 6]  # the last checkpoint was made after step 4
    undisturbed = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF)
    assert resumed.version == undisturbed.version
    assert resumed.metrics["losses"] == undisturbed.metrics["losses"]
    assert not file.exists()


def test_a_checkpoint_of_other_sessions_is_not_gone_on_with(tmp_path):
    file = tmp_path / "run.safetensors"
    train_until_killed(file, at_step=3)
    steps = []
    train_encoder(SYNTHETIC.sequences[:550], SYNTHETIC.pages, BRIEF, lambda step, *_: steps.append(step), file)
    assert steps[0] == 1


def test_a_damaged_checkpoint_is_told_and_starts_the_run_again(tmp_path, caplog):
    file = tmp_path / "run.safetensors"
    file.write_bytes(b"not a checkpoint")
    steps = []
    train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF, lambda step, *_: steps.append(step), file)
    assert steps == [1, 2, 3, 4, 5, 6]
    assert "run.safetensors cannot be read" in caplog.text


def test_training_stops_when_the_held_out_loss_no_longer_falls(data):
    # a rate at which nothing is learned
    config = EncoderConfig(steps=40, batch_sessions=64, evaluate_every=1, patience=3, learning_rate=0.0)
    fitted = fit(SessionEncoder(config), Heads(config), data, config, None)
    assert fitted.stopped_by == "no progress"
    assert fitted.steps == 4


def test_training_stops_when_its_time_is_up(data):
    config = EncoderConfig(steps=40, batch_sessions=64, max_seconds=0.0)
    fitted = fit(SessionEncoder(config), Heads(config), data, config, None)
    assert (fitted.stopped_by, fitted.steps) == ("clock", 1)


def test_the_past_of_a_session_and_what_follows_are_the_whole_session(data):
    rows = np.flatnonzero(data.sessions.lengths > 2)[:50]
    past = make_past(data.sessions, rows, BRIEF, np.random.default_rng(1))
    shown = np.bincount(past.owners, minlength=len(rows))
    later = np.bincount(past.later_owners, minlength=len(rows))
    assert (shown + later == data.sessions.lengths[rows]).all()
    assert (shown >= 1).all()
    assert (later > 0).any()
    for place, row in enumerate(rows):
        first = data.sessions.offsets[row]
        assert (past.events[past.owners == place] == first + np.arange(shown[place])).all()
        assert past.batch.is_event[place].sum() == shown[place]


def test_the_next_session_is_the_same_visitors_and_later(data):
    started = SYNTHETIC.sequences.sort("session_id")["started_at"].to_numpy()
    linked = np.flatnonzero(data.next_rows != NO_SESSION)
    assert len(linked) > 0
    following = data.next_rows[linked]
    assert (data.visitors[linked] == data.visitors[following]).all()
    assert (started[linked] <= started[following]).all()
    # nothing of a held-out visitor is told to training
    assert np.isin(data.next_rows[data.training_rows], [NO_SESSION, *data.training_rows]).all()


def test_pages_of_another_site_or_channel_are_never_an_answer(data):
    candidates = Candidates(np.arange(len(data.pages)), torch.zeros(len(data.pages)))
    rows = np.arange(len(data.sessions))
    is_possible = log_chance_by_session(data, rows, candidates).isfinite().numpy()
    channel = data.sessions.channel
    assert not is_possible.all()
    for code in np.unique(channel):
        events = events_of(data.sessions, np.flatnonzero(channel == code))
        pages = data.sessions.page[events]
        shown = np.isin(np.arange(len(data.pages)), pages[pages >= FIRST_CODE] - FIRST_CODE)
        assert (is_possible[channel == code] == shown).all()


def test_the_same_id_on_another_site_is_another_visitor(data):
    elsewhere = SYNTHETIC.sequences.with_columns(site_id=pl.int_range(pl.len()).mod(2).cast(pl.String))
    other = prepare(sample_sessions(elsewhere, BRIEF), SYNTHETIC.pages, BRIEF)
    linked = np.flatnonzero(other.next_rows != NO_SESSION)
    assert 0 < len(linked) < (data.next_rows != NO_SESSION).sum()
    assert (other.sites[linked] == other.sites[other.next_rows[linked]]).all()
    assert len(np.unique(other.visitors)) > len(np.unique(data.visitors))


@pytest.mark.parametrize("bare", ["web", "app"])
def test_a_channel_without_any_page_beside_one_with_pages_can_be_learned_from(bare):
    without = SYNTHETIC.sequences.with_columns(
        page_keys=pl.when(pl.col("channel") == bare)
        .then(pl.col("page_keys").list.eval(pl.lit(""), parallel=False))
        .otherwise(pl.col("page_keys"))
    )
    losses = []
    version = train_encoder(without, SYNTHETIC.pages, BRIEF, lambda step, steps, parts: losses.append(parts))
    assert np.isfinite([parts["total"] for parts in losses]).all()
    assert np.isfinite(encode(without, load_encoder(version.weights, version.config), {})).all()


def test_sessions_of_two_sites_or_channels_are_no_rivals_and_those_of_one_are():
    two_sites = SYNTHETIC.sequences.with_columns(site_id=pl.int_range(pl.len()).mod(2).cast(pl.String))
    rivals = prepare(sample_sessions(two_sites, BRIEF), SYNTHETIC.pages, BRIEF).rivals
    place = two_sites.sort("session_id").select(pl.concat_str("site_id", "channel", separator=" ")).to_series()
    assert place.n_unique() == 4
    assert len(set(zip(rivals, place, strict=True))) == len(set(rivals)) == 4


def test_sessions_of_two_sites_repel_in_no_step_of_training(monkeypatch):
    pairs = []

    def noted(visitors, contents, rivals):
        allowed = may_repel(visitors, contents, rivals)
        pairs.append((rivals[:, None] != rivals[None, :], allowed.numpy()))
        return allowed

    monkeypatch.setattr(training_losses, "may_repel", noted)
    two_sites = SYNTHETIC.sequences.filter(pl.col("channel") == "web").with_columns(
        site_id=pl.int_range(pl.len()).mod(2).cast(pl.String)
    )
    train_encoder(two_sites, SYNTHETIC.pages, replace(BRIEF, steps=1, min_training_sessions=1))
    of_two_sites, allowed = pairs[0]
    assert of_two_sites.any()
    assert allowed.any()
    assert not (of_two_sites & allowed).any()


def test_sessions_of_other_sites_make_another_run(data):
    elsewhere = SYNTHETIC.sequences.with_columns(site_id=pl.int_range(pl.len()).mod(2).cast(pl.String))
    other = prepare(sample_sessions(elsewhere, BRIEF), SYNTHETIC.pages, BRIEF)
    assert fingerprint_of(other, BRIEF) != fingerprint_of(data, BRIEF)
    assert fingerprint_of(data, replace(BRIEF, initial_weights=SEEDED)) != fingerprint_of(data, BRIEF)


def test_a_bag_counts_every_session_once_whatever_its_length():
    config = EncoderConfig()
    heads = SessionHeads(config, seed=1)
    embedding = torch.nn.functional.normalize(
        torch.randn(2, config.embedding_dim, generator=torch.Generator().manual_seed(3))
    )
    pages = torch.randn(5, config.page_dim, generator=torch.Generator().manual_seed(4))

    def loss(session, page):
        codes = torch.tensor(page)
        bag = Bag(torch.tensor(session), codes, torch.full_like(codes, -1), torch.full((len(page),), float("nan")))
        return bag_losses(embedding, torch.tensor([FIRST_CODE, FIRST_CODE]), bag, heads, pages, torch.zeros(5))["page"]

    assert torch.allclose(loss([0, 1], [2, 3]), loss([0, 0, 0, 1], [2, 2, 2, 3]))
    assert not torch.allclose(loss([0, 1], [2, 3]), loss([0, 1], [3, 2]))
    assert torch.allclose(loss([0, 0], [2, -1]), loss([0], [2]))  # an event without a page has nothing to tell


def test_sessions_that_tell_nothing_cost_nothing_though_no_page_is_possible():
    config = EncoderConfig()
    embedding = torch.ones(2, config.embedding_dim, requires_grad=True)
    bag = Bag(torch.tensor([0, 1]), torch.tensor([-1, -1]), torch.tensor([-1, -1]), torch.full((2,), float("nan")))
    pages = torch.randn(5, config.page_dim, generator=torch.Generator().manual_seed(4))
    impossible = torch.full((2, 5), float("inf"))
    loss = bag_losses(
        embedding, torch.tensor([FIRST_CODE, FIRST_CODE]), bag, SessionHeads(config, seed=1), pages, impossible
    )["page"]
    loss.backward()
    assert float(loss.detach()) == 0
    assert torch.equal(embedding.grad, torch.zeros_like(embedding))
