"""`linklog rerender`."""

from io import StringIO

import pytest
from django.core.management import call_command

from linklog.posts.models import Post
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def rerender(**options: bool) -> str:
    out = StringIO()
    call_command("rerender", stdout=out, **options)
    return out.getvalue()


def test_only_posts_of_older_rules_are_rendered_unless_all_are_asked_for() -> None:
    old, new = make_post("entry", slug="old"), make_post("note", slug="new")
    Post.objects.filter(pk=old.pk).update(body_html="<p>x</p>", render_version=0)
    Post.objects.filter(pk=new.pk).update(body_html="<p>x</p>")
    assert rerender().startswith("1 posts rendered, 1 came out different")
    assert Post.objects.get(pk=old.pk).body_html == old.body_html
    assert Post.objects.get(pk=new.pk).body_html == "<p>x</p>"
    assert rerender().startswith("0 posts")
    assert rerender(all=True).startswith("2 posts rendered, 1 came")
    assert Post.objects.get(pk=new.pk).body_html == new.body_html
