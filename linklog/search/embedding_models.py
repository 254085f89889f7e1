"""The model that turns texts into vectors, where LINKLOG_EMBEDDING_MODEL names one: `minilm`, computed here, or any that `llm` knows.

What models need is an extra, so it is imported in this module alone, when a model is first used. A question is put to a model while
its reader waits, so an answer has `SECONDS`; a model that fails is left alone for `PAUSE` seconds, and search goes by words.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cache, lru_cache
from typing import Protocol

import numpy as np
from django.conf import settings

Array = np.ndarray

SECONDS = 2.0
PAUSE = 60.0
KEPT = 1_000  # questions, of some kilobytes each
_log = logging.getLogger(__name__)
_loading = threading.Lock()
_rests_until = 0.0
_is_failing = False


class Model(Protocol):
    """What makes a row of numbers of each text."""

    def embed(self, texts: Sequence[str]) -> Array: ...


class ModelError(Exception):
    """There is no such model here, or it gave no answer. Says so in a sentence."""


class _FromLLM:
    """An embedding model of `llm` or of one of its plugins, by the name or an alias that `llm` knows it by."""

    def __init__(self, name: str) -> None:
        import llm  # takes most of a second, and is there only where it was asked for

        self.model = llm.get_embedding_model(name)

    def embed(self, texts: Sequence[str]) -> Array:
        return np.array(list(self.model.embed_multi(texts)), np.float32)


def name() -> str:
    """Of the model in use; "" where search goes by words alone."""
    return str(settings.LINKLOG_EMBEDDING_MODEL)


def load() -> Model:
    """The model in use, loaded once. Raises whatever it cannot be loaded for."""
    with _loading:
        return _model(name())


def vectors(texts: Sequence[str]) -> Array:
    """A row of length 1 for each text, none of which may be blank. Raises ModelError."""
    try:
        rows = load().embed(texts)
        if rows.ndim != 2 or len(rows) != len(texts) or not np.isfinite(rows).all():
            raise ValueError("it did not give as many numbers as it should")
    except ImportError as error:
        raise ModelError(
            f"The embedding model {name()} needs linklog[semantic], see docs/semantic.md: {error}"
        ) from error
    except Exception as error:  # a plugin may raise anything
        raise ModelError(f"The embedding model {name()} gave up: {error}") from error
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def question(text: str) -> Array | None:
    """The vector of what a reader asks for; None where the model gives none in time. The first of several failures is logged."""
    global _is_failing, _rests_until
    if not text or is_resting():
        return None
    try:
        vector = _asked(name(), text)
    except (ModelError, TimeoutError) as error:
        if not _is_failing:
            _log.warning(
                "Search goes by words alone for now. %s", error or f"{name()} took longer than {SECONDS} seconds."
            )
        _is_failing, _rests_until = True, time.monotonic() + PAUSE
        return None
    _is_failing = False
    return vector


def is_resting() -> bool:
    """Whether the model failed so lately that it is not asked: what is found now is not what will be found."""
    return time.monotonic() < _rests_until


def forget() -> None:
    """Load the model anew, and forget what it answered: for tests, each of which has models of its own."""
    global _is_failing, _rests_until
    _is_failing, _rests_until = False, 0.0
    _model.cache_clear()
    _asked.cache_clear()


@cache
def _model(name: str) -> Model:
    if name == "minilm":
        from linklog.search.minilm import MiniLM  # imports what is there only where it was asked for

        return MiniLM()
    return _FromLLM(name)


@lru_cache(maxsize=KEPT)
def _asked(name: str, text: str) -> Array:
    return _within(SECONDS, lambda: vectors([text])[0])


def _within(seconds: float, call: Callable[[], Array]) -> Array:
    """What `call` gives. Raises TimeoutError if that takes longer; the call goes on in a thread that keeps no process from ending."""
    future: Future[Array] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except ModelError as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(seconds)
