"""The demo site."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from linklog import publishing
from linklog.core import links
from linklog.core.html import links as links_in
from linklog.posts.models import KINDS, Post, Reference, Series, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the command says after making a site in a folder of its own."""
    settings.HOME, settings.MEDIA_ROOT, settings.STATIC_ROOT = tmp_path, tmp_path / "media", tmp_path / "static"
    monkeypatch.delenv("LINKLOG_URL", raising=False)
    return run()


def run() -> dict[str, str]:
    out = StringIO()
    call_command("demo", port=8123, no_serve=True, json=True, stdout=out, stderr=StringIO())
    answer: dict[str, str] = json.loads(out.getvalue())
    return answer


def test_the_demo_shows_every_feature(told: dict[str, str], client: Client) -> None:
    posts = Post.objects.published()
    assert posts.count() >= 60
    assert set(posts.values_list("kind", flat=True)) == set(KINDS)
    assert (max(posts.values_list("published", flat=True)) - min(posts.values_list("published", flat=True))).days > 600
    assert Series.objects.exists()
    assert Tag.objects.count() > 10
    assert posts.exclude(toc_html="").exists()
    assert posts.exclude(via_url="").exists()
    for mark in ("footnote-ref", "<table", "<figure", 'class="highlight"', "<blockquote"):
        assert posts.filter(body_html__contains=mark).exists(), mark
    assert told["url"] == "http://localhost:8123/"


def test_its_owner_can_sign_in_and_every_page_answers(told: dict[str, str], client: Client) -> None:
    assert client.login(username=told["owner"], password=told["password"])
    assert client.get("/admin/").status_code == 200
    for post in Post.objects.published():
        assert client.get(post.get_absolute_url()).status_code == 200


def test_its_links_between_posts_lead_somewhere(told: dict[str, str], client: Client) -> None:
    known = {post.address for post in Post.objects.published()}
    assert set(Reference.objects.values_list("target", flat=True)) <= known
    own = {url for post in Post.objects.all() for url in links_in(post.body_html) if url.startswith("/")}
    for url in own:
        response = client.get(url.partition("#")[0], follow=True)
        assert response.status_code == 200, url
        assert (
            b"".join(response.streaming_content) if response.streaming else response.content
        )  # and so closes the file
    assert all(links.is_web_url(post.link_url) for post in Post.objects.exclude(link_url=""))


def test_a_second_run_keeps_what_was_written(told: dict[str, str]) -> None:
    post = Post.objects.order_by("pk")[0]
    post.body = "My own words."
    publishing.save(post)
    count = Post.objects.count()
    assert run() == told
    assert Post.objects.count() == count
    assert Post.objects.get(pk=post.pk).body == "My own words."
    assert get_user_model().objects.filter(is_superuser=True).count() == 1
