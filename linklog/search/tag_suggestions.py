"""Tags for a text that is no post yet, from the author's own archive: no language model, a fixed number of queries.

A tag counts the more, the more often posts carried it that have its words, that are like the text, that link to the same site, or
that credit the same people. Measured by `bench.tags`, by which the weights were chosen.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyroaring import BitMap

from linklog.core import links, words
from linklog.core.slugs import slugify, tag_slug
from linklog.posts.forms import tag_token
from linklog.posts.models import Person, Tag
from linklog.search import archive as archives
from linklog.search.archive import Archive, keys_of
from linklog.search.engine import postings_of
from linklog.search.index import HEAD
from linklog.search.models import LinkedSite
from linklog.search.related import key_words_of, scored

NEIGHBOURS = 40
LABEL_POSTS = 200  # of a site or a person, the newest
NAMED_WORDS = 400  # of a text are compared with the names of tags
LONGEST_NAME = 3  # words
NAMED, IN_TEXT, OF_SITE, OF_PERSON = 1.4, 0.8, 0.2, 0.3  # weights, where being like counts 1

Evidence = Iterator[tuple[int, float, str]]  # a tag, how much speaks for it, and why in words


@dataclass(frozen=True)
class Subject:
    """What a post is going to be about, as far as it is known. `given` are the tags it has already."""

    title: str = ""
    text: str = ""
    url: str = ""
    people: Sequence[str] = ()
    given: Sequence[str] = ()


def suggest(subject: Subject, number: int = 5, among: BitMap | None = None) -> list[tuple[str, str]]:
    """(name, reason) of the tags that suit `subject` best. Learns from public posts, or from those `among`. Seven queries at most."""
    archive = archives.current()
    among = archive.public if among is None else among
    given = {tag_slug(name) for name in subject.given}
    in_title, in_text = runs_of(f"{subject.title} {' '.join(subject.people)}"), runs_of(subject.text)
    tags = dict(Tag.objects.filter(slug__in=given | in_title.keys() | in_text.keys()).values_list("slug", "pk"))
    has_already = [tags[slug] for slug in given & tags.keys()]
    found: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for evidence in (
        _of_names(tags, in_title, in_text, archive, among),
        _of_neighbours(subject, has_already, archive, among),
        _of_site(subject.url, archive, among),
        _of_people(subject.people, archive, among),
    ):
        for tag, weight, reason in evidence:
            found[tag].append((weight, reason))
    ranked = sorted(found.keys() - set(has_already), key=lambda tag: (-sum(w for w, _why in found[tag]), tag))[:number]
    return [(name, max(found[tag])[1]) for tag, name in _named(ranked).items()]


def of_nearest(subject: Subject, number: int = 5, among: BitMap | None = None) -> list[str]:
    """The tags of the posts most like `subject`, and nothing else."""
    archive = archives.current()
    among = archive.public if among is None else among
    weights = {tag: weight for tag, weight, _why in _of_neighbours(subject, (), archive, among)}
    return list(_named(sorted(weights, key=lambda tag: (-weights[tag], tag))[:number]).values())


def most_used(number: int = 5, among: BitMap | None = None) -> list[str]:
    """The tags that most public posts carry, or most of those `among`."""
    archive = archives.current()
    counts = archive.counts("tag", keys_of(archive.public if among is None else among))
    ranked = np.lexsort((np.arange(len(counts)), -counts))[:number]
    return list(_named([tag for tag in ranked.tolist() if counts[tag]]).values())


def _named(tags: Sequence[int]) -> dict[int, str]:
    """What stands for each of these tags in the field of a form, in order."""
    rows = Tag.objects.defer("description", "description_html").in_bulk(tags)
    return {tag: tag_token(rows[tag]) for tag in tags if tag in rows}


def runs_of(text: str) -> dict[str, str]:
    """One to three words of `text` in a row, by the slug that a tag of that name has, with hyphens or without."""
    spoken = [(word, slug) for word in text.split()[:NAMED_WORDS] if (slug := slugify(word.removesuffix("'s")))]
    runs: dict[str, str] = {}
    for size in range(1, LONGEST_NAME + 1):
        for start in range(len(spoken) - size + 1):
            run = spoken[start : start + size]
            slug = "-".join(slug for _word, slug in run)
            for name in (slug, slug.replace("-", "")):
                runs.setdefault(name[:120], " ".join(word for word, _slug in run))
    return runs


def _of_names(
    tags: dict[str, int], in_title: dict[str, str], in_text: dict[str, str], archive: Archive, among: BitMap
) -> Evidence:
    """Tags named in the text, weighted by how often posts with those words carried them."""
    named = {slug: in_title.get(slug) or in_text[slug] for slug in tags if slug in in_title or slug in in_text}
    stems = {slug: words.analyse(run, settings.LANGUAGE_CODE).split() for slug, run in named.items()}
    postings = postings_of([stem for parts in stems.values() for stem in parts])
    for slug, parts in stems.items():
        carried = archive.having("tag", tags[slug]) & among
        if not carried:
            continue
        holders = BitMap.intersection(among, *(postings.get(part, BitMap()) for part in parts)) | carried
        share = math.sqrt((len(carried) + 1) / (len(holders) + 2))
        if slug in in_title:
            yield tags[slug], NAMED * share, _("in the title")
        else:
            yield tags[slug], IN_TEXT * share, _("in the text")


def _of_neighbours(subject: Subject, given: Iterable[int], archive: Archive, among: BitMap) -> Evidence:
    """Tags of the posts whose title and tags hold most of what tells this text from others."""
    key_words = key_words_of(f"{subject.text} {subject.url}", subject.title)
    postings = postings_of([stem for word in key_words for stem in (word, HEAD + word)])
    known = [(postings[HEAD + word] & among, postings[word] & among) for word in key_words if HEAD + word in postings]
    known += [(carriers, carriers) for carriers in (archive.having("tag", tag) & among for tag in given)]
    keys, scores = scored([(heads, math.log1p(len(among) / len(holders))) for heads, holders in known if heads])
    carry = archive.tag.lengths[keys]
    keys, scores = keys[carry > 0], (scores / np.sqrt(1 + carry))[carry > 0]
    nearest = np.lexsort((-keys, -scores))[:NEIGHBOURS]
    whole = scores[nearest].sum()
    weights, posts = Counter[int](), Counter[int]()
    for key, score in zip(keys[nearest].tolist(), scores[nearest].tolist(), strict=True):
        for tag in archive.tag.of(key):
            weights[tag] += score / whole
            posts[tag] += 1
    for tag, weight in weights.items():
        n = posts[tag]
        yield tag, weight, ngettext("%(n)s post like this", "%(n)s posts like this", n) % {"n": n}


def _of_site(url: str, archive: Archive, among: BitMap) -> Evidence:
    """Tags of posts that link to the same site."""
    site = links.site(url)
    number = LinkedSite.objects.filter(domain=site).values_list("pk", flat=True).first() if site else None
    for tag, share, n in _shares(archive.having("site", number) & among, archive) if number else ():
        reason = ngettext("%(n)s post about %(site)s", "%(n)s posts about %(site)s", n)
        yield tag, OF_SITE * share, reason % {"n": n, "site": site}


def _of_people(people: Sequence[str], archive: Archive, among: BitMap) -> Evidence:
    """Tags of posts that credit the same people."""
    known = Person.objects.filter(slug__in=[tag_slug(name) for name in people]) if people else ()
    for person in known:
        for tag, share, n in _shares(archive.having("credit", person.pk) & among, archive):
            reason = ngettext("%(n)s post that credits %(name)s", "%(n)s posts that credit %(name)s", n)
            yield tag, OF_PERSON * share, reason % {"n": n, "name": person.name}


def _shares(posts: BitMap, archive: Archive) -> Iterator[tuple[int, float, int]]:
    """(tag, share of these posts that carry it, how many do) of the newest."""
    newest = archive.newest(keys_of(posts), LABEL_POSTS)
    newest = newest[archive.tag.lengths[newest] > 0]
    counts = archive.counts("tag", newest)
    for tag in np.flatnonzero(counts).tolist():
        yield tag, counts[tag] / (len(newest) + 1), int(counts[tag])
