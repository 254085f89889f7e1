"""Tags for a post, which a language model chooses from the author's own."""

from pyroaring import BitMap

from linklog.search.tag_suggestions import Subject, most_used, suggest

VOCABULARY = 150  # names that a model chooses from
NEAR = 100  # of them at most are those that suit the subject best; the others are used most
MOST = 10  # tags of an answer


def vocabulary(subject: Subject, among: BitMap | None = None) -> list[str]:
    """The tags to choose from, the likeliest first, learnt from public posts or from those `among`. Not those that it has already."""
    near = [name for name, _reason in suggest(subject, NEAR, among)]
    names = dict.fromkeys([*near, *most_used(VOCABULARY, among)])
    return [name for name in names if name not in set(subject.given)][:VOCABULARY]


def chosen(names: list[str], vocabulary: list[str]) -> list[str]:
    """Those of `names` that are in the vocabulary, each once and as it is written there."""
    known = {name.casefold(): name for name in vocabulary}
    found = (known.get(name.strip().removeprefix("#").casefold()) for name in names)
    return list(dict.fromkeys(name for name in found if name))[:MOST]
