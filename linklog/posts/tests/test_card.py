"""The social card of a post: under an address that changes with it, of public posts alone, drawn once."""

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from linklog import publishing
from linklog.posts import cards
from linklog.posts.models import Post
from linklog.site.models import Site
from tests.builders import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> Path:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def card_path(post: Post) -> str:
    """As the page of the post names it."""
    page = Client().get(post.get_absolute_url()).content.decode()
    found = re.search(r'property="og:image" content="http://[^/]+([^"]+)"', page)
    assert found, page[:2000]
    return found[1]


def test_every_kind_of_post_names_a_card_that_is_there() -> None:
    for kind in ("entry", "blogmark", "quotation", "note"):
        response = Client().get(card_path(make_post(kind)))
        assert response["Content-Type"] == "image/png"
        assert "immutable" in response["Cache-Control"]
        assert Image.open(io.BytesIO(response.content)).size == (1200, 630)


def test_a_post_with_an_image_of_its_own_shows_that() -> None:
    assert card_path(make_post(card_image="/media/tide.jpg")) == "/media/tide.jpg"


def test_a_card_changes_its_address_with_the_title_and_the_former_one_leads_there(home: Path) -> None:
    post = make_post()
    former = card_path(post)
    Client().get(former)
    post.title = "Another guide to tide clocks"
    publishing.save(post)
    present = card_path(post)
    assert present != former
    assert Client().get(former)["Location"] == present
    Client().get(present)
    assert [path.name for path in (home / "cards").iterdir()] == [present.rsplit("/", 1)[1]]
    assert Client().get(former)["Location"] == present


def test_a_card_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    address = card_path(make_post())
    first = Client().get(address).content
    monkeypatch.setattr(cards.cards, "draw", lambda card: b"drawn again")
    assert Client().get(address).content == first


def test_who_asks_while_a_card_is_drawn_gets_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """As two threads of one process do."""
    post, draw = make_post(), cards.cards.draw
    site, drawn = Site.load(), list[bytes]()

    def slowly(card: cards.Card) -> bytes:
        monkeypatch.setattr(cards.cards, "draw", draw)
        drawn.append(cards.file_of(post, site).read_bytes())
        return draw(card)

    monkeypatch.setattr(cards.cards, "draw", slowly)
    assert cards.file_of(post, site).read_bytes() == drawn[0]
    assert [path.suffix for path in cards.kept("", "").parent.iterdir()] == [".png"]


def test_nobody_but_a_public_post_has_a_card() -> None:
    post = make_post()
    address = card_path(post)
    Client().get(address)
    publishing.unpublish(post)
    assert Client().get(address).status_code == 404
    publishing.publish(post, timezone.now() + dt.timedelta(hours=1))
    assert Client().get(address).status_code == 404


def test_the_oldest_cards_go_when_there_are_too_many(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "KEPT", 2)
    for title in ("One", "Two", "Three"):
        path = cards.file_of(make_post("entry", title=title), Site.load())
    cards.forget_old()
    assert len(list((home / "cards").iterdir())) == 2
    assert path.exists()
