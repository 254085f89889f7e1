"""`linklog reindex`: the index comes out as if every post had just been saved, however it was harmed and whenever the run was stopped."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pyroaring import BitMap

from linklog import publishing
from linklog.posts.models import Post
from linklog.search import index
from linklog.search.archive import current
from linklog.search.engine import postings_of, search
from linklog.search.index import HEAD
from linklog.search.management.commands import reindex as command
from linklog.search.models import Document, Facts, KnownWord, Posting
from linklog.search.request import Request
from tests.builders import make_archive, make_post

pytestmark = pytest.mark.django_db


def reindex(**options: bool) -> dict[str, Any]:
    out = StringIO()
    call_command("reindex", json=True, stdout=out, stderr=StringIO(), **options)
    summary: dict[str, Any] = json.loads(out.getvalue())
    return summary


def found(text: str) -> list[int]:
    return sorted(search(Request(text)).keys)


def whole_index() -> tuple[object, ...]:
    """Everything that the index holds, the numbers of its rows left out."""
    postings = {
        (bytes(word), chunk): sorted(BitMap.deserialize(bytes(documents)))
        for word, chunk, documents in Posting.objects.values_list("word", "chunk", "documents")
    }
    documents = list(Document.objects.order_by("pk").values("pk", "title", "tags", "body", "page", "analyser"))
    facts = list(Facts.objects.order_by("pk").values())
    return postings, documents, facts, sorted(KnownWord.objects.values_list("word", flat=True))


def test_posts_that_search_does_not_know_are_indexed() -> None:
    posts = make_archive(6)
    whole = whole_index()
    Document.objects.filter(pk__in=[post.pk for post in posts[:4]]).delete()
    Facts.objects.filter(pk=posts[0].pk).delete()
    assert index.stale_count() == len(index.stale()) == 4
    assert reindex()["indexed"] == 4
    assert whole_index() == whole
    assert index.stale_count() == 0
    assert reindex()["indexed"] == 0


def test_posts_indexed_by_other_rules_are_indexed_anew(settings: Any) -> None:
    make_post("note", body="The running clocks.")
    assert found("run") != []
    settings.LANGUAGE_CODE = "sv"
    assert reindex() == {"indexed": 1, "tidied": 0, "seconds": pytest.approx(0, abs=60)}
    assert found("run") == []
    assert found("running") != []


def test_all_makes_an_index_that_was_emptied() -> None:
    make_archive(6)
    whole = whole_index()
    for model in (Posting, KnownWord, Facts):
        model.objects.all().delete()
    assert reindex(all=True)["indexed"] == 6
    assert whole_index() == whole


def test_all_makes_an_index_of_which_words_were_lost() -> None:
    post = make_post("entry", title="Brass clocks")
    whole = whole_index()
    Posting.objects.filter(word=b"brass").delete()
    Document.objects.filter(pk=post.pk).update(body="nothing true")
    assert found("brass") == []
    reindex(all=True)
    assert found("brass") == [post.pk]
    assert whole_index() == whole
    assert found('"first paragraph"') == [post.pk]  # the database's own index followed


def test_all_drops_what_no_post_holds_any_more() -> None:
    kept, gone = make_post("note", body="Kept words."), make_post("note", body="Gone chronograph.")
    changed = make_post("note", body="Formerly a sundial.")
    Post.objects.filter(pk=changed.pk).update(body="Now", body_html="<p>Now</p>")
    Post.objects.filter(pk=gone.pk).delete()  # past `publishing`, as no program should
    assert reindex(all=True)["tidied"] > 0
    assert not Posting.objects.filter(word__in=[b"chronograph", b"sundial"]).exists()
    assert not KnownWord.objects.filter(word__in=["chronograph", "sundial", "gone"]).exists()
    assert KnownWord.objects.filter(word="kept").exists()
    assert BitMap.union(*postings_of(["note", HEAD + "tide", "kept"]).values()) <= current().known
    assert found("kept") == [kept.pk]
    assert reindex(all=True)["tidied"] == 0


def test_a_run_of_all_that_was_stopped_is_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = make_archive(6)
    monkeypatch.setattr(command, "BATCH", 2)
    done: list[int] = []

    def stopped_at_the_second(keys: list[int]) -> None:
        if done:
            raise KeyboardInterrupt
        done.extend(keys)
        index.update(keys)

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "reindex", stopped_at_the_second)
        with pytest.raises(CommandError, match="goes on"):
            reindex(all=True)
    assert found("tides") == sorted(post.pk for post in posts)
    assert reindex()["indexed"] == 4


def test_what_is_in_doubt_is_found_all_the_same() -> None:
    post = make_post("note")
    publishing.doubt(range(post.pk + 1))
    assert index.stale() == [post.pk]
    assert found('"low water"') == [post.pk]


def test_a_person_is_told_what_happens_and_a_program_is_not_disturbed() -> None:
    make_post("note")
    call_command("reindex", stdout=(out := StringIO()), stderr=(errors := StringIO()))
    assert (out.getvalue()[:15], errors.getvalue()) == ("0 posts indexed", "")
    call_command("reindex", all=True, verbosity=0, stdout=(out := StringIO()), stderr=(errors := StringIO()))
    assert (out.getvalue(), errors.getvalue()[:16]) == ("", "Indexing 1 posts")
