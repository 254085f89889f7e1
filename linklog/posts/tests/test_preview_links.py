"""Secret links to what is not public."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from linklog import publishing
from linklog.posts import preview_links
from linklog.posts.models import KINDS
from tests.builders import make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("published", [None, timezone.now() + dt.timedelta(days=3)])
def test_who_holds_the_link_sees_the_post(client: Client, kind: str, published: dt.datetime | None) -> None:
    post = make_post(kind, body="Secret words.", is_draft=published is None, published=published)
    response = client.get(preview_links.preview_url(post))
    assert response.status_code == 200
    assert "Secret words." in response.content.decode()
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))


def test_the_link_ends_after_its_days(client: Client, settings) -> None:
    settings.LINKLOG_PREVIEW_DAYS = 2
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        url = preview_links.preview_url(make_post("note", is_draft=True))
    with time_machine.travel(start + dt.timedelta(days=2) - dt.timedelta(seconds=1), tick=False):
        assert client.get(url).status_code == 200
    with time_machine.travel(start + dt.timedelta(days=2, seconds=1), tick=False):
        assert client.get(url).status_code == 404


def test_a_forged_link_is_not_found(client: Client, settings) -> None:
    url = preview_links.preview_url(make_post("note", is_draft=True))
    token = url.split("/")[2]
    payload, stamp, signature = token.split(":")
    forged = [
        f"{payload}:{stamp}:{signature[:-1]}x",
        f"x{payload}:{stamp}:{signature}",
        f"{payload}:{stamp[:-1]}x:{signature}",
        payload,
        ":::",
    ]
    for wrong in forged:
        assert client.get(f"/preview/{wrong}/").status_code == 404
    settings.SECRET_KEY = "another"
    assert client.get(url).status_code == 404


def test_the_link_of_a_post_that_became_public_leads_there(client: Client) -> None:
    post = make_post("note", is_draft=True)
    url = preview_links.preview_url(post)
    publishing.publish(post)
    assert client.get(url).headers["Location"] == post.get_absolute_url()


def test_the_link_of_a_deleted_post_is_not_found(client: Client) -> None:
    post = make_post("note", is_draft=True)
    url = preview_links.preview_url(post)
    publishing.delete(post)
    assert client.get(url).status_code == 404


def test_the_link_of_the_first_run_opens_no_preview(client: Client, settings) -> None:
    from linklog.site.first_run import welcome_url

    token = welcome_url().rstrip("/").rpartition("/")[2]
    assert client.get(f"/preview/{token}/").status_code == 404
