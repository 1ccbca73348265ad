"""What the weights in the package promise: small, apart from the demo, a start for every config that they fit."""

from importlib.resources import files

import pytest
import torch
from pretraining.layouts import draw_layout, names_of_the_demo
from test_encoder_synthetic import simulate

from clickintent.encoder import (
    EncoderConfig,
    EncoderConfigError,
    SessionEncoder,
    embed_pages,
    load_encoder,
    train_encoder,
)
from clickintent.encoder.config import SEEDED
from clickintent.encoder.packaged import FILE, load_packaged, start_from_packaged
from clickintent.encoder.training_losses import Heads

SYNTHETIC = simulate(600, seed=2)


def test_the_file_is_small_enough_for_a_wheel_and_says_what_it_is():
    assert len((files("clickintent.encoder") / FILE).read_bytes()) < 5_000_000
    about = load_packaged().about
    assert about["name"].startswith("packaged-")
    assert "synthetic" in about["data"]
    assert about["sessions"] > 0


@pytest.mark.parametrize("number", range(int(load_packaged().about["command"].split("--layouts ")[1].split()[0])))
def test_no_layout_that_was_trained_on_uses_a_name_of_the_demo(number):
    pages = draw_layout(number).pages
    paths = pages["page_url"].str.to_lowercase().str.strip_suffix(".html").str.strip_chars_end("/")
    used = set(pages["page_title"].str.to_lowercase()) | set(paths)
    assert len(used) > 100
    assert not used & names_of_the_demo()


def test_a_layout_is_the_same_every_time():
    assert draw_layout(3).pages.equals(draw_layout(3).pages)
    assert not draw_layout(3).pages.equals(draw_layout(4).pages)


def test_training_starts_from_the_packaged_weights_and_says_so():
    few = SYNTHETIC.sequences.head(5)
    packaged = train_encoder(few, SYNTHETIC.pages, EncoderConfig())
    seeded = train_encoder(few, SYNTHETIC.pages, EncoderConfig(initial_weights=SEEDED))
    assert packaged.metrics["initial_weights"] == load_packaged().name
    assert seeded.metrics["initial_weights"] == SEEDED
    assert packaged.metrics["is_trained"] is False
    weights = load_encoder(packaged.weights, packaged.config).state_dict()
    for name, tensor in load_packaged().tensors.items():
        kind, _, parameter = name.partition(".")
        if kind == "encoder" and parameter != "centre":
            assert torch.equal(weights[parameter], tensor), name
    table = load_encoder(seeded.weights, seeded.config).state_dict()["page_text.bag.weight"]
    assert not torch.equal(table, load_packaged().tensors["encoder.page_text.bag.weight"])


def test_words_mean_something_before_any_training():
    encoder = SessionEncoder(EncoderConfig()).eval()
    start_from_packaged(encoder, Heads(EncoderConfig()), EncoderConfig())
    vectors = encoder.embed_pages(["remortgage", "refinance your mortgage", "stolen card", "freeze your card"])
    cosine = torch.nn.functional.cosine_similarity(
        torch.from_numpy(vectors)[:, None], torch.from_numpy(vectors)[None], dim=-1
    )
    assert cosine[0, 1] > cosine[0, 2]
    assert cosine[2, 3] > cosine[1, 3]


def test_a_config_of_another_length_starts_from_them_too():
    config = EncoderConfig(max_events=100)
    encoder = SessionEncoder(config)
    seeded = encoder.position.weight.detach().clone()
    start_from_packaged(encoder, Heads(config), config)
    packaged = load_packaged().tensors["encoder.position.weight"]
    assert torch.equal(encoder.position.weight[: len(packaged)], packaged)
    assert torch.equal(encoder.position.weight[len(packaged) :], seeded[len(packaged) :])


def test_a_config_of_another_shape_is_refused_with_what_to_do():
    for changes in ({"hidden": 32}, {"layers": 2}):
        with pytest.raises(EncoderConfigError, match="initial_weights='seeded'"):
            train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, EncoderConfig(steps=1, **changes))
    assert train_encoder(
        SYNTHETIC.sequences, SYNTHETIC.pages, EncoderConfig(hidden=32, steps=1, initial_weights=SEEDED)
    ).metrics["is_trained"]


def test_training_leaves_what_the_packaged_weights_know_of_words_that_no_page_here_has():
    config = EncoderConfig(steps=1, min_training_sessions=1)
    version = train_encoder(SYNTHETIC.sequences.head(50), SYNTHETIC.pages, config)
    trained = load_encoder(version.weights, version.config).state_dict()["page_text.bag.weight"]
    before = load_packaged().tensors["encoder.page_text.bag.weight"]
    assert trained.std(dim=1).median() == pytest.approx(float(before.std(dim=1).median()), rel=0.05)


def test_pages_never_seen_get_vectors_of_their_own():
    version = train_encoder(SYNTHETIC.sequences.head(5), SYNTHETIC.pages, EncoderConfig())
    vectors = embed_pages(SYNTHETIC.pages, load_encoder(version.weights, version.config))
    # a bag of words does not know their order
    bags = {frozenset(text.split()) for text in SYNTHETIC.pages["text"]}
    assert len({vector.round(4).tobytes() for vector in vectors.values()}) == len(bags)
