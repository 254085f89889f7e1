"""Out and in again: nothing is lost, nothing is added, and the bytes are the same."""

import datetime as dt
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linklog import publishing
from linklog.accounts.models import User
from linklog.pages.models import Page, Redirect
from linklog.posts.models import KINDS, Credit, Person, Post, Series, Tag
from linklog.site.models import Site

NOON = dt.datetime(2024, 12, 22, 12, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def exported(path: Path, *options: str) -> bytes:
    call_command("export", str(path), *options, stdout=io.StringIO(), stderr=io.StringIO())
    return path.read_bytes()


def imported(path: Path) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import", str(path), "--json", stdout=out, stderr=io.StringIO())
    summary: dict[str, Any] = json.loads(out.getvalue())
    return summary


def emptied() -> None:
    for model in (Post, Tag, Person, Series, Page, Redirect, Site, User):
        model._default_manager.all().delete()


def make_site() -> list[Post]:
    """A public post of each kind with all that a post can have, a draft, a scheduled one, and what stands beside posts."""
    Site(
        title="Harbour log", tagline="Between tides", accent="#7a3b00", navigation="About /about/", footer="*Salt*"
    ).save()
    author = User.objects.create_user("ada", "", "tide-tables-1", name="Ada Bell")
    series = Series.objects.create(name="On quays", slug="quays", description="All of them.")
    Tag.objects.create(name="Node.js", slug="node-js", description="*Not* a knot.")
    Tag.objects.create(name="Unused", slug="unused")
    twins = [
        Person.objects.create(name="Bo Carr", slug=slug, url=f"https://{slug}.example/") for slug in ("bo", "bo-2")
    ]
    Page.objects.create(slug="about", title="About", body="*Me*")
    Page.objects.create(slug="quay-notes", title="Notes on quays", search="q=%22the+quay%22&type=note")
    bodies = {
        "markdown": "Some *words*.[^1]\n\n[^1]: A note.\n",
        "html": "<p>Some <b>words</b>",
        "text": "Some\n\n words <",
    }
    posts = []
    for number, (kind, model) in enumerate(KINDS.items()):
        for body_format, body in bodies.items():
            post = model(
                title=f"Title {number}" if kind != "quotation" else "", body=body, body_format=body_format,
                link_url="https://clocks.example/a b?x=1&y=ä", via_url="https://f.example/" if number else "", via_title="F & <f>",
                context="Page 7", author=author if number % 2 else None, language="sv" if number == 2 else "",
                card_image="/media/a.png" if number == 1 else "", series=series if number else None, series_position=number or None,
                is_draft=False, published=NOON + dt.timedelta(minutes=number), slug="the same",
            )  # fmt: skip
            posts.append(publishing.save(post, tags=["Node.js", "tides"], people=twins if number == 2 else ["Cy Dale"]))
    posts.append(publishing.save(KINDS["blogmark"](title="A draft", body="x"), tags=["secret"]))
    posts.append(publishing.save(KINDS["note"](body="Kept", published=NOON)))
    later = timezone.now() + dt.timedelta(days=400)
    posts.append(publishing.save(KINDS["note"](body="Later", published=later, is_draft=False), tags=["secret"]))
    Redirect.objects.create(old_path="/old/", target=posts[0].get_absolute_url())
    Redirect.objects.create(old_path="/hidden/", target=posts[-1].get_absolute_url())
    changed = posts[3]
    changed.title = "Changed since"
    publishing.save(changed)
    return posts


def test_export_into_an_empty_site_and_export_again_is_byte_equal(tmp_path: Path) -> None:
    posts = make_site()
    first = exported(tmp_path / "a.json", "--drafts")
    summary = imported(tmp_path / "a.json")
    assert (summary["unchanged"], summary["new"], summary["skipped"]) == (len(posts), 0, [])
    assert exported(tmp_path / "b.json", "--drafts") == first
    emptied()
    summary = imported(tmp_path / "a.json")
    assert (summary["new"], summary["skipped"], summary["renamed"]) == (len(posts), [], [])
    assert exported(tmp_path / "b.json", "--drafts") == first
    assert imported(tmp_path / "b.json")["unchanged"] == len(posts)


def test_only_what_is_public_is_exported_unless_drafts_are_asked_for(tmp_path: Path) -> None:
    posts = make_site()
    public, everything = (json.loads(exported(tmp_path / "a.json", *options)) for options in ((), ("--drafts",)))
    assert len(public["items"]) == len(posts) - 3
    assert len(everything["items"]) == len(posts)
    assert "secret" not in json.dumps(public)
    assert "Later" not in json.dumps(public)
    assert posts[-1].slug not in {item["_linklog"]["slug"] for item in public["items"]}
    assert [one["from"] for one in public["_linklog"]["redirects"]] == ["/old/"]
    assert {tag["slug"] for tag in public["_linklog"]["tags"]} == {"node-js", "tides"}
    assert {tag["slug"] for tag in everything["_linklog"]["tags"]} == {"node-js", "secret", "tides", "unused"}


def test_it_is_said_what_was_left_out(tmp_path: Path) -> None:
    make_site()
    out, err = io.StringIO(), io.StringIO()
    call_command("export", str(tmp_path / "a.json"), "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == {"posts": 12, "left_out": 3}
    assert "3 that are not public" in err.getvalue()


def test_the_file_is_whole_or_as_it_was_and_its_owners_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("as it was")
    monkeypatch.setattr("linklog.exporters.jsonfeed.item", lambda post: 1 / 0)
    make_site()
    with pytest.raises(ZeroDivisionError):
        exported(path)
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    exported(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError) as error:
        exported(tmp_path / "none" / "a.json")
    assert error.value.returncode == 2


def test_a_packed_export_is_read_back_and_the_same_each_time(tmp_path: Path) -> None:
    make_site()
    packed = exported(tmp_path / "a.json.gz")
    assert packed == exported(tmp_path / "a.json.gz")
    assert packed.startswith(b"\x1f\x8b")
    assert imported(tmp_path / "a.json.gz")["unchanged"] == 12


def test_an_empty_site_exports_a_feed_without_items(tmp_path: Path) -> None:
    feed = json.loads(exported(tmp_path / "a.json"))
    assert feed["items"] == []
    assert imported(tmp_path / "a.json")["new"] == 0


def test_the_export_is_a_json_feed(tmp_path: Path) -> None:
    make_site()
    feed = json.loads(exported(tmp_path / "a.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for item in feed["items"]:
        assert {"id", "url", "content_html", "date_published", "date_modified", "tags", "authors"} <= item.keys()
        assert all(isinstance(item[name], str) for name in ("id", "url", "content_html"))
    assert feed["items"] == sorted(feed["items"], key=lambda item: (item["date_published"], item["_linklog"]["code"]))


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
URL = st.one_of(st.just(""), WORDS.map(lambda words: f"https://clocks.example/{words}"))
POST = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(sorted(KINDS)), "title": TEXT, "body": TEXT, "body_format": st.sampled_from(["markdown", "html", "text"]),
        "link_url": URL, "via_url": URL, "via_title": TEXT, "context": TEXT, "is_draft": st.booleans(),
        "language": st.sampled_from(["", "sv", "pt-br", "en-GB"]), "card_image": URL, "slug": st.one_of(st.just(""), WORDS),
        "published": st.one_of(st.none(), st.datetimes(dt.datetime(1500, 1, 1), dt.datetime(2900, 1, 1), timezones=st.just(dt.UTC))),
    }
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(POST, st.lists(WORDS, max_size=3), st.lists(WORDS, max_size=2)), min_size=1, max_size=4))
def test_whatever_can_be_written_survives(
    tmp_path: Path, posts: list[tuple[dict[str, Any], list[str], list[str]]]
) -> None:
    with transaction.atomic():
        emptied()
        for number, (fields, tags, people) in enumerate(posts):
            kind, slug = fields["kind"], fields["slug"].translate(str.maketrans("", "", "/?#\\")).strip(".")
            post = KINDS[kind](
                **{name: value for name, value in fields.items() if name not in ("kind", "slug")}, slug=slug
            )
            if not post.is_draft:
                post.title, post.body = f"{number} {post.title}", f"{number} {post.body}"
                post.link_url = post.link_url or "https://clocks.example/"
            publishing.save(post, tags=tags, people=people)
        first = exported(tmp_path / "a.json", "--drafts")
        summary = imported(tmp_path / "a.json")
        assert (summary["unchanged"], summary["skipped"]) == (len(posts), [])
        emptied()
        summary = imported(tmp_path / "a.json")
        assert (summary["new"], summary["skipped"]) == (len(posts), [])
        assert exported(tmp_path / "b.json", "--drafts") == first
        assert Credit.objects.count() <= len(posts) * 2
        transaction.set_rollback(True)
