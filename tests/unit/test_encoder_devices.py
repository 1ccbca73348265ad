"""Training elsewhere than on the CPU: everything is where it belongs, and the weights come back."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from test_encoder_fitting import BRIEF, SYNTHETIC, KilledError, train_until_killed

from clickintent.encoder import EncoderConfigError, SessionEncoder, load_encoder, train_encoder, training
from clickintent.encoder.config import SEEDED, SENTENCE_TRANSFORMERS
from clickintent.encoder.devices import find_device, placed_on
from clickintent.encoder.page_reading import SentencePageText
from clickintent.encoder.sentence_text import SentenceTexts
from pretended_device import PRETENDED, PretendedDevice

# with intents, so that the term for them is taken, too
TOLD = SYNTHETIC.sequences.with_columns(told_intent=pl.col("visitor_id").hash(seed=1) % 5)


@pytest.fixture
def elsewhere(monkeypatch):
    """A training that asks for 'elsewhere' gets the pretended device."""
    monkeypatch.setattr(
        training, "find_device", lambda asked: PRETENDED if asked == "elsewhere" else find_device(asked)
    )
    with PretendedDevice():
        yield "elsewhere"


def test_the_pretended_device_refuses_what_a_gpu_refuses():
    with PretendedDevice():
        there, here = torch.ones(3, device=PRETENDED), torch.ones(3)
        assert (there.device, here.device) == (PRETENDED, torch.device("cpu"))
        assert (there + there).cpu().tolist() == [2.0, 2.0, 2.0]
        with pytest.raises(RuntimeError, match="one device"):
            there + here


@pytest.mark.parametrize(
    ("sequences", "config"),
    [(SYNTHETIC.sequences, BRIEF), (SYNTHETIC.sequences, replace(BRIEF, candidate_pages=10)), (TOLD, BRIEF)],
    ids=["all pages compete", "a sample of pages competes", "intents are told"],
)
def test_a_training_elsewhere_takes_the_same_steps(elsewhere, sequences, config):
    there = train_encoder(sequences, SYNTHETIC.pages, config, device=elsewhere)
    here = train_encoder(sequences, SYNTHETIC.pages, config)
    assert there.metrics["is_trained"]
    assert bool(there.metrics["sessions_with_intent"]) == ("told_intent" in sequences.columns)
    assert (there.metrics["device"], here.metrics["device"]) == (PRETENDED.type, "cpu")
    # torch divides some operations otherwise there: equal but for rounding
    assert there.metrics["losses"] == pytest.approx(here.metrics["losses"], abs=2e-4)
    own, other = (dict(load_encoder(version.weights, version.config).named_parameters()) for version in (there, here))
    assert own.keys() == other.keys()
    torch.testing.assert_close(own, other, atol=1e-3, rtol=1e-3)


def test_what_a_text_model_made_of_pages_is_read_elsewhere():
    texts = SentenceTexts(np.eye(3, 5, dtype=np.float32))
    page_text = SentencePageText(
        replace(BRIEF, initial_weights=SEEDED, page_text=SENTENCE_TRANSFORMERS, page_text_model="any", page_text_dim=5)
    )
    here = page_text(texts)
    with PretendedDevice(), placed_on(PRETENDED, page_text):
        there = page_text(texts)
        assert there.device == PRETENDED
        torch.testing.assert_close(there.cpu(), here)


# load_state_dict takes the name for a device that holds nothing, warns, and copies
@pytest.mark.filterwarnings("ignore:for .* copying from a non-meta parameter")
def test_a_training_that_was_killed_elsewhere_goes_on_there(elsewhere, tmp_path):
    file = tmp_path / "run.safetensors"
    train_until_killed(file, at_step=5, device=elsewhere)
    steps = []
    resumed = train_encoder(
        SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF, lambda step, *_: steps.append(step), file, device=elsewhere
    )
    assert steps == [5, 6]  # the last checkpoint was made after step 4
    assert resumed.version == train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF, device=elsewhere).version


def test_what_was_begun_elsewhere_is_begun_again_on_the_cpu(elsewhere, tmp_path):
    """Or a version of two devices would pass for one of the CPU, which the same data make again."""
    file = tmp_path / "run.safetensors"
    train_until_killed(file, at_step=5, device=elsewhere)
    begun_again = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF, checkpoint=file)
    assert begun_again.version == train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF).version


def test_a_version_that_nothing_trained_names_no_other_device(elsewhere):
    few = train_encoder(SYNTHETIC.sequences[:50], SYNTHETIC.pages, BRIEF, device=elsewhere)
    assert (few.metrics["is_trained"], few.metrics["device"]) == (False, "cpu")


def test_modules_are_back_on_the_cpu_whatever_happens():
    encoder = SessionEncoder(BRIEF)

    def kill_elsewhere():
        with placed_on(PRETENDED, encoder):
            assert {parameter.device for parameter in encoder.parameters()} == {PRETENDED}
            assert torch.as_tensor(np.ones(2)).device == PRETENDED
            raise KilledError

    with PretendedDevice(), pytest.raises(KilledError):
        kill_elsewhere()
    assert {parameter.device.type for parameter in encoder.parameters()} == {"cpu"}
    assert torch.as_tensor(np.ones(2)).device.type == "cpu"


@pytest.mark.parametrize("asked", ["gpu", "meta", "mps", ""])
def test_a_device_that_nothing_is_trained_on_is_refused(asked):
    with pytest.raises(EncoderConfigError, match="must be 'cpu', 'cuda'"):
        find_device(asked)


def test_a_gpu_that_is_not_there_is_told_before_anything_is_read(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EncoderConfigError, match="sees 0 GPUs"):
        train_encoder(pl.DataFrame(), pl.DataFrame(), BRIEF, device="cuda")
    assert find_device("auto") == torch.device("cpu")


def test_one_gpu_of_several_can_be_asked_for(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert find_device("auto") == torch.device("cuda")
    assert find_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(EncoderConfigError, match=r"'cuda:2', and torch .* sees 2 GPUs"):
        find_device("cuda:2")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_learns_what_the_cpu_learns():
    there = train_encoder(TOLD, SYNTHETIC.pages, BRIEF, device="cuda")
    here = train_encoder(TOLD, SYNTHETIC.pages, BRIEF)
    assert there.metrics["losses"] == pytest.approx(here.metrics["losses"], rel=0.02)
