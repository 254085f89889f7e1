"""“Did you mean”: the nearest words that public posts hold, with what they would find."""

import pytest
from django.test import Client

from linklog import publishing
from linklog.search.models import KnownWord
from linklog.search.request import Request
from linklog.search.suggest import Suggestion, did_you_mean
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def suggested(q: str) -> tuple[str, int] | None:
    found: Suggestion | None = did_you_mean(Request(q=q, page=3))
    if found is not None:
        assert found.request.page == 1
    return (found.request.q, found.total) if found else None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("lighthuose", "lighthouse"),
        ("lihgthouse", "lighthouse"),
        ("llighthouse", "lighthouse"),
        ("lighthouses", None),
        ("lighthouse", None),
        ("LIGHTHUOSE", "lighthouse"),
        ("lighthuose keeper", "lighthouse keeper"),
        ("lighthuose keper", "lighthouse keeper"),
        ('"lighthuose keeper"', '"lighthouse keeper"'),
        ("tag:tides lighthuose", "tag:tides lighthouse"),
        ("keeper -lighthuose", None),
        ("caffe", "café"),
        ("li", None),
        ("zzzzzz", None),
        ("lighthuose tag:nowhere", None),
        ("", None),
        ("…", None),
    ],
)
def test_a_mistyped_word_becomes_the_nearest_known(wrong: str, right: str | None) -> None:
    make_post("note", body="The lighthouse keeper drinks in a café")
    assert suggested(wrong) == ((right, 1) if right else None)


def test_of_words_as_near_the_one_in_more_posts_is_proposed() -> None:
    make_post("note", body="boat", slug="one")
    for number in range(3):
        make_post("note", body="goat", slug=f"goat-{number}")
    assert suggested("gboat") == ("goat", 3)
    assert suggested("booat") == ("boat", 1)


def test_the_count_is_what_the_search_would_find() -> None:
    for number in range(3):
        make_post("note", body="A lighthouse", slug=f"n-{number}", tags=["sea"] if number else ["land"])
    assert suggested("lighthuose") == ("lighthouse", 3)
    assert suggested("lighthuose tag:sea") == ("lighthouse tag:sea", 2)


def test_a_word_that_is_public_no_more_is_proposed_no_more() -> None:
    post = make_post("note", body="A lighthouse")
    assert suggested("lighthuose") == ("lighthouse", 1)
    publishing.unpublish(post)
    assert suggested("lighthuose") is None


def test_words_of_drafts_are_never_proposed() -> None:
    make_post("note", body="A lighthouse", is_draft=True)
    assert suggested("lighthuose") is None


def test_programs_are_told_it_too(client: Client) -> None:
    make_post("note", body="A lighthouse")
    assert client.get("/search.json", {"q": "lighthuose"}).json()["did_you_mean"] == {"q": "lighthouse", "total": 1}
    assert "did_you_mean" not in client.get("/search.json", {"q": "lighthouse"}).json()
    assert "did_you_mean" not in client.get("/search.json", {"q": "zzzzzz"}).json()


def test_it_is_looked_for_once_while_nothing_changes(client: Client) -> None:
    make_post("note", body="A lighthouse")
    first = client.get("/search.json", {"q": "lighthuose"}).json()
    KnownWord.objects.all().delete()
    assert client.get("/search.json", {"q": "lighthuose"}).json()["did_you_mean"] == first["did_you_mean"]


def test_the_page_offers_it_as_a_link(client: Client) -> None:
    make_post("note", body="A lighthouse")
    response = client.get("/search/", {"q": "lighthuose"})
    assert 'href="/search/?q=lighthouse"' in response.content.decode()
