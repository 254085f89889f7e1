"""Posts alike in meaning: in the ranking beside words, for searches that find little, and for related posts.

Which posts a search finds, and how many, is up to its words alone. Without a model, or while it gives no answer, nothing changes.
"""

from collections.abc import Sequence

from pyroaring import BitMap

from linklog.search import archive as archives
from linklog.search import embedding_models, vectors
from linklog.search.archive import Archive
from linklog.search.query import And, Node, Or, Query, Words

FEW = 10  # below so many results, posts like what was asked for are offered
OFFERED = 10
DEPTH = 30  # how far down related posts are looked at in each ranking; measured by bench.related
_K = 60  # how little the first places count for more than the next


def is_on() -> bool:
    return bool(embedding_models.name())


def make_ready(archive: Archive) -> None:
    """Load what the first question would wait for. Raises whatever the model cannot be loaded for."""
    if is_on():
        vectors.current(archive)
        embedding_models.load()


def similar_to(key: int, number: int) -> list[int]:
    """The keys of the `number` public posts most like the post `key`, itself left out; none if it was not embedded."""
    if not is_on():
        return []
    archive = archives.current()
    known = vectors.current(archive)
    vector = known.of(key)
    return [] if vector is None else known.nearest(vector, number, archive.public - BitMap([key]))


def like_the_question(query: Query, archive: Archive, among: BitMap) -> list[int]:
    """The keys of the public posts of `among` most like what `query` asks for."""
    vector = embedding_models.question(_words_of(query))
    return [] if vector is None else vectors.current(archive).nearest(vector, OFFERED, among & archive.public)


def ranked_by_both(ranked: Sequence[int], query: Query, archive: Archive) -> list[int]:
    """The posts `ranked` by their words, ranked by words and meaning. One without a vector stands in both where its words put it."""
    vector = embedding_models.question(_words_of(query)) if is_on() and len(ranked) > 1 else None
    if vector is None:
        return list(ranked)
    places = _places(ranked)
    return fused([places, places | _places(vectors.current(archive).by_likeness(ranked, vector))])


def related_by_both(by_words: Sequence[int], key: int, number: int) -> list[int]:
    """The posts related to `key` by words, and those like it in meaning, as one ranking. Give DEPTH of the former."""
    like_it = similar_to(key, DEPTH)
    return fused([_places(by_words), _places(like_it)])[:number] if like_it else list(by_words[:number])


def fused(rankings: Sequence[dict[int, int]]) -> list[int]:
    """One ranking of several, each the places of keys: reciprocal rank fusion (Cormack, Clarke, Büttcher 2009)."""
    scores: dict[int, float] = {}
    for places in rankings:
        for key, place in places.items():
            scores[key] = scores.get(key, 0.0) + 1 / (_K + place)
    return sorted(scores, key=lambda key: -scores[key])


def without_words(node: Node | None) -> Node | None:
    """What `node` asks for beside words: its filters, and what must not be. None where that is everything."""
    match node:
        case None | Words():
            return None
        case And():
            parts = [part for one in node.parts if (part := without_words(one)) is not None]
            return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None
        case Or():
            branches = [without_words(one) for one in node.parts]
            return Or(tuple(one for one in branches if one is not None)) if None not in branches else None
        case _:
            return node


def _words_of(query: Query) -> str:
    return " ".join(word for one in query.wanted for word in one.words)


def _places(ranked: Sequence[int]) -> dict[int, int]:
    return {key: place for place, key in enumerate(ranked, start=1)}
