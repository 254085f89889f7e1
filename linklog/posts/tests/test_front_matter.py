"""A post as a Markdown document."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linklog.core.xml import strip_illegal
from linklog.posts.front_matter import document
from linklog.posts.models import KINDS, Post, Series
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def read(text: str) -> tuple[dict[str, Any], str]:
    """The front matter and the text, read as YAML's subset that is JSON; lines end where YAML ends them."""
    head, _, body = text.removeprefix("---\n").partition("\n---\n\n")
    for line_break in "\x85\u2028\u2029":
        assert line_break not in head
    return {name: json.loads(value) for name, _, value in (line.partition(": ") for line in head.split("\n"))}, body


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_holds_all_of_the_post(client: Client, kind: str) -> None:
    series = Series.objects.create(name='Tides: "a" series')
    post = make_post(kind, series=series, people=["Ada Bell", "Bo: Ek"], tags=["b", "a"], language="sv")
    response = client.get(f"/{post.address}.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.headers["Link"] == f'<{post.absolute_url}>; rel="canonical"'
    fields, body = read(response.content.decode())
    assert body == f"{post.body}\n"
    expected = {"kind": kind, "url": post.absolute_url, "short_url": post.short_url, "tags": ["b", "a"], "credits": ["Ada Bell", "Bo: Ek"],
                "series": series.name, "published": "2024-12-22T12:00:00Z", "language": "sv", "format": "markdown"}  # fmt: skip
    assert expected.items() <= fields.items()
    assert fields["title"] == post.display_title


HOSTILE = [
    "---", "a: b", "'", '"', "\\", "- x", "#x", "!!python/object:x", "&a *a", "{x}", "[x]", "%TAG", "null", "~", "1e3", "yes", "```",
    "\x7f\x80\x85\u2028\u2029\ufeff",
]  # fmt: skip


@given(st.text(max_size=40) | st.sampled_from(HOSTILE))
@example('": "---')
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_title_breaks_out_of_its_line(title: str) -> None:
    post = Post.kinds["entry"](title=title, body="text", code="x", is_draft=True)
    post.prepare()
    post.loaded_post_tags = post.loaded_credits = []
    fields, body = read(document(post))
    assert fields.get("title", "Entry") == (" ".join(strip_illegal(title).split()) or "Entry")
    assert body == "text\n"


def test_a_text_with_rules_keeps_them() -> None:
    post = make_post("entry", body="a\n\n---\n\nb: c\n\n---\n")
    assert read(document(Post.objects.with_parts().get(pk=post.pk)))[1] == "a\n\n---\n\nb: c\n\n---\n"
