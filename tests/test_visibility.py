"""Drafts, scheduled posts, what is written over public ones, links kept for later and private previews leak nowhere: every public address
is asked for with all of them present.
"""

import datetime as dt
import io
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.capture.models import Capture
from linklog.capture.page import Page as CapturedPage
from linklog.pages.models import Page
from linklog.posts.models import KINDS, Post, Series
from linklog.posts.preview_links import preview_url
from linklog.write import fields as editor_fields
from tests.builders import make_post
from tests.public_urls import paths_around, url_names

pytestmark = pytest.mark.django_db

HIDDEN = "qwertzhidden"
SHOWN = "qwertzshown"


def hidden_posts(series: Series, shared_tag: str) -> list[Post]:
    """A draft that never was public, one that was, a scheduled post: of each kind, each marked in every text it has."""
    soon = timezone.now() + dt.timedelta(hours=1)
    states = [
        {"is_draft": True, "published": None},
        {"is_draft": True, "published": timezone.now() - dt.timedelta(days=3)},
        {"is_draft": False, "published": soon},
    ]
    return [
        make_post(
            kind,
            title=f"{HIDDEN} title",
            body=f"{HIDDEN} text with a link to [a shown post](/2024/Dec/22/{SHOWN}-{kind}/) ![{HIDDEN} alt](/media/{HIDDEN}.png)",
            card_image=f"/media/{HIDDEN}.jpg",
            link_url=f"https://{HIDDEN}.example/",
            via_url=f"https://{HIDDEN}.example/via",
            via_title=f"{HIDDEN} via",
            context=f"{HIDDEN} context",
            slug=f"{HIDDEN}-{kind}-{number}",
            series=series,
            tags=[f"{HIDDEN} tag", shared_tag],
            people=[f"{HIDDEN} person", "Ada Bell"],
            **state,
        )
        for kind in KINDS
        for number, state in enumerate(states)
    ]


def write_on(shown: list[Post]) -> None:
    """What nobody but authors sees of public posts: a working copy over each, the page that it was written from, a date to look again;
    and a link that is kept for later.
    """
    author = User.objects.create_user("author", password="low-water-at-six", role=Role.EDITOR)
    address = f"https://{HIDDEN}.example/page"
    facts = CapturedPage(address, f"{HIDDEN} title", [f"{HIDDEN} author"], text=f"{HIDDEN} text").as_facts()
    read = {"by": author, "url": address, "title": HIDDEN, "selection": HIDDEN, "via_url": address, "facts": facts}
    Capture.objects.create(**read, is_kept=True)
    for post in shown:
        publishing.keep_working_copy(post, dict.fromkeys(editor_fields.NAMES, f"{HIDDEN} anew"), by=author)
        Capture.objects.create(**read, code=post.code)
        Post.objects.filter(pk=post.pk).update(follow_up=timezone.localdate())


@pytest.fixture
def archive() -> tuple[list[Post], list[Post]]:
    """(shown, hidden): the hidden ones share tag, series, person and day with the shown ones, which somebody is writing on."""
    series, hidden_series = Series.objects.create(name="Tides"), Series.objects.create(name=f"{HIDDEN} series")
    Page.objects.create(slug="about", title="About", body="Here.", search="tag=tides")
    shown = [
        make_post(kind, slug=f"{SHOWN}-{kind}", series=series, tags=["tides"], people=["Ada Bell"]) for kind in KINDS
    ]
    write_on(shown)
    return shown, hidden_posts(series, "tides") + hidden_posts(hidden_series, "clocks")


def all_paths(posts: list[Post]) -> Iterator[tuple[str, str]]:
    for post in posts:
        for name, paths in paths_around(post).items():
            for path in paths:
                yield name, path


def test_the_list_of_public_addresses_is_whole(archive: tuple[list[Post], list[Post]]) -> None:
    assert url_names() == set(paths_around(archive[0][0]))


def test_shown_posts_answer_at_every_address(archive: tuple[list[Post], list[Post]], client: Client) -> None:
    for _name, path in dict.fromkeys(all_paths(archive[0])):
        assert client.get(path, follow=True).status_code == 200, path


def test_hidden_posts_occur_at_no_public_address(archive: tuple[list[Post], list[Post]], client: Client) -> None:
    dated = [post for post in archive[1] if post.day]
    for _name, path in dict.fromkeys([*all_paths(archive[0]), *all_paths(dated)]):
        response = client.get(path, follow=True)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = body.decode(errors="replace") + str(response.headers)
        if response.status_code == 404:
            continue  # Django's own page for DEBUG is never shown, and ours repeats nothing
        assert HIDDEN not in text, path


def test_addresses_that_only_hidden_posts_have_are_not_found(
    archive: tuple[list[Post], list[Post]], client: Client
) -> None:
    for post in archive[1]:
        addresses = [
            f"/p/{post.code}/",
            "/tags/qwertzhidden-tag/",
            "/tags/qwertzhidden-tag.atom",
            "/credits/qwertzhidden-person/",
        ]
        addresses += ["/series/qwertzhidden-series/", "/series/qwertzhidden-series.atom"]
        if post.day:
            addresses += [f"/{post.address}/", f"/{post.address}.md"]
        for path in addresses:
            assert client.get(path).status_code == 404, path


def test_counts_do_not_count_hidden_posts(archive: tuple[list[Post], list[Post]], client: Client) -> None:
    response = client.get("/tags/tides/")
    assert response.context["total"] == len(KINDS)
    assert client.get("/2024/Dec/").context["total"] == len(KINDS)
    assert {tag.label.slug: tag.n for tag, _size in client.get("/tags/").context["sized_tags"]} == {"tides": len(KINDS)}


def test_an_export_holds_only_what_is_public(
    archive: tuple[list[Post], list[Post]], capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    call_command("export", "-", stdout=out, stderr=io.StringIO())
    text = out.getvalue() + capsys.readouterr().out
    assert SHOWN in text
    assert HIDDEN not in text


def test_a_preview_is_for_who_holds_its_link(archive: tuple[list[Post], list[Post]], client: Client) -> None:
    for post in archive[1]:
        response = client.get(preview_url(post))
        assert response.status_code == 200
        assert HIDDEN in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "preview/" not in client.get("/").content.decode()


def test_a_scheduled_post_appears_when_its_time_has_come(client: Client) -> None:
    soon = timezone.now() + dt.timedelta(hours=1)
    post = make_post("note", body=f"{HIDDEN} words", published=soon, tags=["tides"])
    assert client.get(f"/{post.address}/").status_code == 404
    with time_machine.travel(soon + dt.timedelta(seconds=1)):
        for path in ("/", f"/{post.address}/", "/notes/", "/tags/tides/", "/atom/everything/", "/tags/tides.atom"):
            assert HIDDEN in client.get(path).content.decode(), path


def test_public_pages_are_the_same_for_everyone(
    archive: tuple[list[Post], list[Post]], client: Client, admin_client: Client
) -> None:
    """Nothing that a reader gets depends on a cookie, so that any cache may keep it."""
    for name, path in dict.fromkeys(all_paths(archive[0])):
        response = client.get(path)
        if "random" in name:
            continue
        if "is:" in path:  # what authors alone are shown, and no cache may keep
            assert response["Cache-Control"] == "private, no-store", path
            continue
        assert "Cookie" not in response.get("Vary", ""), path
        assert not response.cookies, path
        assert admin_client.get(path).content == response.content, path
