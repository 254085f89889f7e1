"""What the index is made of. `linklog.search.index` writes these rows, in the transaction of the post's own write; `upkeep` and
`embeddings` put right and add what no write does.

A document is a post as search sees it, drafts included: who may see which is decided when a search is answered.
"""

from django.db import models

CHUNK = 65_536  # documents of one posting: what a roaring bitmap keeps in one container


class Document(models.Model):
    """The words of a post as `core.words` analyses them, by where they stand: what phrases are found in and posts ranked by.

    A table of the database's own (`search_match`, see the migration) follows each of these rows by triggers.
    """

    post = models.OneToOneField("posts.Post", models.CASCADE, primary_key=True, related_name="document")
    title = models.TextField(blank=True)
    tags = models.TextField(blank=True)  # tags, series, and the names of who is credited
    body = models.TextField(blank=True)
    page = models.TextField(blank=True)  # the linked page's address and what is said of it
    key_words = models.JSONField(default=list)  # those that tell it from other posts, the most telling first
    analyser = models.CharField(max_length=20, db_index=True)  # the rules it was analysed by

    def __str__(self) -> str:
        return f"document {self.post_id}"


class Facts(models.Model):
    """What facets count and filters ask, as integers, so that a million rows are read in a second."""

    post = models.OneToOneField("posts.Post", models.CASCADE, primary_key=True, related_name="facts")
    kind = models.PositiveSmallIntegerField()  # place in KINDS
    day = models.IntegerField(default=0)  # as `date.toordinal()`; 0: none
    site = models.PositiveIntegerField(default=0)  # a LinkedSite; 0: links nowhere
    series = models.PositiveBigIntegerField(default=0)  # 0: in none
    flags = models.PositiveSmallIntegerField(default=0)  # bits of `linklog.search.index.Flag`
    published = models.BigIntegerField(default=0)  # seconds since 1970

    def __str__(self) -> str:
        return f"facts of {self.post_id}"


class LinkedSite(models.Model):
    """A site that posts link to, so that facts can name it by a number."""

    domain = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.domain


class Posting(models.Model):
    """Which documents of a chunk of ids hold a word: a roaring bitmap, serialised. Title and tags have postings of their own."""

    word = models.BinaryField(max_length=300)  # UTF-8: both databases order bytes alike, as prefixes need
    chunk = models.PositiveIntegerField()  # id // CHUNK
    documents = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "chunk"], name="search_posting_once")]

    def __str__(self) -> str:
        return f"{bytes(self.word).decode()} in chunk {self.chunk}"


class KnownWord(models.Model):
    """A word of a public post as it is written, in lower case: what “did you mean” may propose."""

    word = models.CharField(max_length=64, unique=True)
    initial = models.CharField(max_length=4)  # folded
    length = models.PositiveSmallIntegerField()  # folded

    class Meta:
        indexes = [models.Index(fields=["initial", "length"], name="search_known_word_near")]

    def __str__(self) -> str:
        return self.word


class Change(models.Model):
    """That a post changed, for the workers that hold facts in memory: each asks for what came after the last it knows."""

    post = models.PositiveBigIntegerField()  # no foreign key: it may be gone

    def __str__(self) -> str:
        return f"change {self.pk} of {self.post}"


class Embedding(models.Model):
    """What an embedding model made of a post's own text, as it is now: `linklog.search.embeddings` writes it and drops it."""

    post = models.OneToOneField("posts.Post", models.CASCADE, primary_key=True, related_name="embedding")
    model = models.CharField(max_length=200, db_index=True)  # the setting's value
    digest = models.CharField(max_length=64)  # SHA-256 of the text
    vector = models.BinaryField()  # float32, little-endian, of length 1; empty for a post without words

    def __str__(self) -> str:
        return f"embedding of {self.post_id}"
