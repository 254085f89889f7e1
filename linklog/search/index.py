"""The index follows posts: what a write means to search. Call these within the transaction of the write; `publishing` does.

A post becomes a document (its words), facts (integers), and a bit in the postings of each of its words. Each write leaves a change,
by which the workers' memory follows (see `linklog.search.archive`).
"""

import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.db.models import Max
from pyroaring import BitMap

from linklog.core import html, words
from linklog.posts.models import KINDS, Post
from linklog.search import embeddings
from linklog.search.models import CHUNK, Change, Document, Facts, KnownWord, LinkedSite, Posting

RULES = 1  # counts up when documents must be made anew: `linklog reindex`
BATCH = 500
KEPT_CHANGES = 10_000
HEAD = "\x01"  # begins the posting of a word in title or tags
KEY_WORDS = 20
_COLUMNS = ("title", "tags", "body", "page")
_AT_ONCE = 5_000  # words asked for in one query


class Flag(enum.IntFlag):
    """What a post is or has."""

    DRAFT = 1
    IMAGE = 2
    CODE = 4
    QUOTE = 8
    VIA = 16


_MARKS = ((Flag.IMAGE, ("<img",)), (Flag.CODE, ("<pre", "<code")), (Flag.QUOTE, ("<blockquote",)))


def analyser() -> str:
    """The name of the rules that documents are made by now: those of this version, for the site's language."""
    return f"{RULES} {settings.LANGUAGE_CODE}"[:20]


def update(keys: Iterable[int]) -> None:
    """Make the documents of these posts say what the posts say. Unknown keys are passed over."""
    keys = list(keys)
    for start in range(0, len(keys), BATCH):
        _update(list(Post.objects.filter(pk__in=keys[start : start + BATCH]).with_parts()))


def remove(keys: Iterable[int]) -> None:
    """Forget these posts. Call it before they are deleted."""
    documents = list(Document.objects.filter(pk__in=list(keys)))
    postings = _Postings()
    for document in documents:
        postings.change(document.pk, before=_held(document), after=set())
    postings.save()
    Document.objects.filter(pk__in=[document.pk for document in documents]).delete()
    Facts.objects.filter(pk__in=[document.pk for document in documents]).delete()
    _tell(document.pk for document in documents)


def stale() -> list[int]:
    """The keys of posts whose document is missing or made by other rules, the newest first."""
    fresh = Document.objects.filter(analyser=analyser()).values("pk")
    return list(Post.objects.exclude(pk__in=fresh).order_by("-pk").values_list("pk", flat=True))


def stale_count() -> int:
    """How many posts `stale` names. Every document is one of a post, so two counts tell."""
    return Post.objects.count() - Document.objects.filter(analyser=analyser()).count()


def _update(posts: Sequence[Post]) -> None:
    before = Document.objects.in_bulk([post.pk for post in posts])
    postings, surfaces = _Postings(), set[str]()
    texts = {post.pk: texts_of(post) for post in posts}
    documents = [_document(post, texts[post.pk]) for post in posts]
    for document in documents:
        old, after = before.get(document.pk), _held(document)
        held = _held(old) if old else set()
        if old and old.analyser != document.analyser:  # then its postings are in doubt too, and all are written
            held -= after
        postings.change(document.pk, before=held, after=after)
    postings.save()
    for document in documents:
        document.key_words = _key_words(document, postings.counts)
    Document.objects.bulk_create(
        documents, update_conflicts=True, unique_fields=["post"], update_fields=[*_COLUMNS, "key_words", "analyser"]
    )
    sites = _site_numbers({post.link_site for post in posts})
    Facts.objects.bulk_create(
        [_facts(post, sites) for post in posts],
        update_conflicts=True,
        unique_fields=["post"],
        update_fields=["kind", "day", "site", "series", "flags", "published"],
    )
    for post in posts:
        if post.is_public:
            surfaces.update(_surfaces(" ".join(texts[post.pk].values())))
    _learn(surfaces)
    embeddings.forget_changed(posts)
    _tell(post.pk for post in posts)


def texts_of(post: Post) -> dict[str, str]:
    """The texts of `post` that search knows, by the document's columns, as a person wrote them."""
    labels = [tag.name for tag in post.tag_list] + [person.name for person in post.credited]
    address = post.link_url.partition("://")[2].removeprefix("www.")
    return {
        "title": post.title,
        "tags": "\n".join([*labels, *([post.series.name] if post.series else [])]),
        "body": html.to_text(f"{post.body_html}<p>{post.context_html}</p>"),
        "page": f"{address}\n{post.via_title}",
    }


def _document(post: Post, texts: dict[str, str]) -> Document:
    language = settings.LANGUAGE_CODE
    return Document(
        post_id=post.pk,
        analyser=analyser(),
        **{name: words.analyse(text, language) for name, text in texts.items()},
    )


def _held(document: Document) -> set[str]:
    """The words that `document` has postings of."""
    head = {*document.title.split(), *document.tags.split()}
    return {*head, *document.body.split(), *document.page.split(), *(HEAD + word for word in head)}


def _facts(post: Post, sites: dict[str, int]) -> Facts:
    flags = Flag.DRAFT if post.is_draft else Flag(0)
    for flag, signs in _MARKS:
        if any(sign in post.body_html for sign in signs):
            flags |= flag
    if post.via_url:
        flags |= Flag.VIA
    return Facts(
        post_id=post.pk,
        kind=list(KINDS).index(post.kind),
        day=post.day.toordinal() if post.day else 0,
        site=sites.get(post.link_site, 0),
        series=post.series_id or 0,
        flags=int(flags),
        published=int(post.published.timestamp()) if post.published else 0,
    )


def _site_numbers(domains: set[str]) -> dict[str, int]:
    domains = domains - {""}
    known = dict(LinkedSite.objects.filter(domain__in=domains).values_list("domain", "pk"))
    if new := domains - known.keys():
        LinkedSite.objects.bulk_create([LinkedSite(domain=domain) for domain in sorted(new)])
        known |= dict(LinkedSite.objects.filter(domain__in=new).values_list("domain", "pk"))
    return known


def _surfaces(text: str) -> set[str]:
    """The words of `text` worth proposing to someone who mistyped: in letters, neither short nor long."""
    in_ascii = text.isascii()  # most are, and are read in one go
    found = set(words.folded(text)) if in_ascii else {text[one.start : one.end].lower() for one in words.words(text)}
    return {word for word in found if 3 <= len(word) <= 30 and word.isalpha()}


def _learn(surfaces: set[str]) -> None:
    rows = [(word, words.fold(word)) for word in sorted(surfaces)]
    KnownWord.objects.bulk_create(
        [KnownWord(word=word, initial=folded[:1], length=len(folded)) for word, folded in rows if folded],
        ignore_conflicts=True,
    )


def _tell(keys: Iterable[int]) -> None:
    """Leave a change for each; of old ones only so many stay as a worker would rather follow than read everything anew."""
    Change.objects.bulk_create([Change(post=key) for key in keys])
    newest = Change.objects.aggregate(newest=Max("pk"))["newest"] or 0
    Change.objects.filter(pk__lte=newest - KEPT_CHANGES).delete()


def _key_words(document: Document, count: Callable[[str], int]) -> list[str]:
    """The words of `document` that few others hold, those said most or in the title first."""
    head = set(document.title.split()) | set(document.tags.split())
    said = defaultdict(int)
    for word in document.body.split():
        said[word] += 1
    for word in head:
        said[word] += 3
    telling = {word: times / (count(word) + 1) ** 0.5 for word, times in said.items() if len(word) > 2}
    return sorted(telling, key=lambda word: (-telling[word], word))[:KEY_WORDS]


class _Postings:
    """Changes of postings gathered over a batch, then written in few queries."""

    def __init__(self) -> None:
        self.added: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.taken: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.sizes: dict[str, int] = defaultdict(int)

    def change(self, key: int, before: set[str], after: set[str]) -> None:
        """The document `key` held the words `before`, and holds those of `after`."""
        chunk = key // CHUNK
        for word in after - before:
            self.added[(word, chunk)].append(key)
        for word in before - after:
            self.taken[(word, chunk)].append(key)
        for word in after & before:
            self.added[(word, chunk)]  # so that it is read, and its size known

    def counts(self, word: str) -> int:
        """How many documents of the chunks in hand hold `word`, after `save`."""
        return self.sizes[word]

    def save(self) -> None:
        asked = self.added.keys() | self.taken.keys()
        read = self._read(asked)
        written = []
        for word, chunk in sorted(asked):
            documents = read.get((word, chunk)) or BitMap()
            documents.update(self.added.get((word, chunk), ()))
            documents.difference_update(BitMap(self.taken.get((word, chunk), ())))
            self.sizes[word] += len(documents)
            if self.added.get((word, chunk)) or self.taken.get((word, chunk)):
                written.append(Posting(word=word.encode(), chunk=chunk, documents=documents.serialize()))
        Posting.objects.bulk_create(
            written,
            batch_size=_AT_ONCE,
            update_conflicts=True,
            unique_fields=["word", "chunk"],
            update_fields=["documents"],
        )

    def _read(self, asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int], BitMap]:
        by_chunk: dict[int, list[bytes]] = defaultdict(list)
        for word, chunk in asked:
            by_chunk[chunk].append(word.encode())
        found = {}
        for chunk, wanted in by_chunk.items():
            for start in range(0, len(wanted), _AT_ONCE):
                postings = Posting.objects.filter(chunk=chunk, word__in=wanted[start : start + _AT_ONCE])
                for held, documents in postings.values_list("word", "documents"):
                    found[(bytes(held).decode(), chunk)] = BitMap.deserialize(bytes(documents))
        return found
