"""An embedding model for tests, as a plugin of `llm`: a number for each concept, counted by the words that name it."""

import math
import zlib
from collections.abc import Callable, Iterable, Iterator

import llm

CONCEPTS = {
    "sea": ("sea", "tide", "tides", "water", "ocean", "harbour"),
    "time": ("time", "clock", "clocks", "hour", "hours", "six"),
    "cake": ("cake", "flour", "butter", "bakery", "oven"),
}
OTHERS = 5  # numbers that other words add to, so that no two texts are quite alike


class Concepts(llm.EmbeddingModel):
    """`asked` is every text so far. `before` is called before each answer: it may raise, or dawdle."""

    model_id = "concepts"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.before: Callable[[], object] = lambda: None

    def embed_batch(self, items: Iterable[str | bytes], *, key: str | None = None) -> Iterator[list[float]]:
        for item in items:
            self.before()
            self.asked.append(str(item))
            yield vector(str(item))


class Plugin:
    """What `llm` asks for the models it may use."""

    def __init__(self, model: Concepts) -> None:
        self.model = model

    @llm.hookimpl
    def register_embedding_models(self, register: Callable[..., None]) -> None:
        register(self.model)


def vector(text: str) -> list[float]:
    words = "".join(letter if letter.isalpha() else " " for letter in text.lower()).split()
    numbers = [float(sum(word in named for word in words)) for named in CONCEPTS.values()]
    rest = [0.01] * OTHERS
    for word in words:
        rest[zlib.crc32(word.encode()) % OTHERS] += 0.01
    return [*numbers, *rest]


def likeness(one: str, other: str) -> float:
    """The cosine of the two texts' vectors, by hand."""
    pairs = list(zip(vector(one), vector(other), strict=True))
    return sum(a * b for a, b in pairs) / math.sqrt(sum(a * a for a, _b in pairs) * sum(b * b for _a, b in pairs))
