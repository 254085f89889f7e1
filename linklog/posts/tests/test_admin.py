"""Writing in the admin, as an author does it: by filling in forms."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from linklog.posts.models import KINDS, Blogmark, Person, Post, Series, Tag
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db

CONTENT: dict[str, dict[str, str]] = {
    "entry": {"title": "Tide tables", "body": "Some *words*."},
    "blogmark": {
        "title": "Clocks",
        "link_url": "https://clocks.example/",
        "body": "Brass.",
        "via_url": "",
        "via_title": "Bo",
    },
    "quotation": {"body": "Time and tide.", "link_url": "", "context": "Proverbs", "via_url": "", "via_title": ""},
    "note": {"body": "Low water.", "title": "", "via_url": "", "via_title": ""},
}


def fields(kind: str, **over: str) -> dict[str, str]:
    """What a browser sends for the form of `kind`, filled in."""
    empty = dict.fromkeys(
        ["published_0", "published_1", "slug", "series", "series_position", "author", "language", "card_image"], ""
    )
    return {
        **empty,
        "body_format": "markdown",
        **CONTENT[kind],
        "tag_names": "zebra, C++",
        "person_names": "Ada Bell; Bo Ek",
        **over,
    }


def add(client: Client, kind: str, **over: str) -> Any:
    return client.post(f"/admin/posts/{kind}/add/", fields(kind, **over))


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_published_changed_taken_back_and_deleted(
    admin_client: Client, client: Client, kind: str
) -> None:
    assert admin_client.get(f"/admin/posts/{kind}/add/").status_code == 200
    assert add(admin_client, kind, is_draft="on").status_code == 302
    post = Post.objects.with_parts().get()
    assert (post.kind, post.is_draft, post.published) == (kind, True, None)
    assert [tag.slug for tag in post.tag_list] == ["zebra", "c-plus-plus"]
    assert [person.name for person in post.credited] == ["Ada Bell", "Bo Ek"]
    assert client.get("/").context["page"].posts == []

    change = f"/admin/posts/{kind}/{post.pk}/change/"
    shown = admin_client.get(change).content.decode()
    assert 'value="zebra, C++"' in shown
    assert 'value="Ada Bell; Bo Ek"' in shown
    assert admin_client.post(change, fields(kind, slug=post.slug)).status_code == 302
    post = Post.objects.get()
    assert post.is_public
    assert client.get(post.get_absolute_url()).status_code == 200

    stamp = {"published_0": "2024-12-22", "published_1": "12:00:00"}
    assert (
        admin_client.post(change, fields(kind, slug="moved", tag_names="c++,", body="Other.", **stamp)).status_code
        == 302
    )
    post = Post.objects.with_parts().get()
    assert (post.address, post.body, [tag.slug for tag in post.tag_list]) == (
        "2024/Dec/22/moved",
        "Other.",
        ["c-plus-plus"],
    )
    assert post.revision == 3

    assert admin_client.post(change, fields(kind, slug="moved", is_draft="on", **stamp)).status_code == 302
    assert client.get("/2024/Dec/22/moved/").status_code == 404
    assert admin_client.get(f"/admin/posts/{kind}/{post.pk}/delete/").status_code == 200
    assert admin_client.post(f"/admin/posts/{kind}/{post.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Post.objects.exists()


def test_the_author_of_a_new_post_is_who_writes_it(admin_client: Client, admin_user: Any) -> None:
    form = admin_client.get("/admin/posts/note/add/").context["adminform"].form
    assert form["author"].value() == admin_user.pk
    add(admin_client, "note", author=str(admin_user.pk))
    assert Post.objects.get().author == admin_user
    assert Post.objects.get().revisions.get().saved_by == admin_user


@pytest.mark.parametrize(
    ("kind", "lack"),
    [("blogmark", "link_url"), ("blogmark", "title"), ("entry", "title"), ("quotation", "body"), ("note", "body")],
)
def test_what_a_kind_needs_is_asked_for_and_nothing_typed_is_lost(admin_client: Client, kind: str, lack: str) -> None:
    over = {lack: "", "via_title": "A kept via", "tag_names": "kept, too", "person_names": "Kept Person"}
    response = add(admin_client, kind, **over)
    assert response.status_code == 200
    assert errors(response) == {lack: ["A post of this kind cannot be published without it."]}
    text = response.content.decode()
    for kept in [
        "kept, too",
        "Kept Person",
        *(value for name, value in CONTENT[kind].items() if name != lack and value and name != "via_title"),
    ]:
        assert kept in text
    assert not Post.objects.exists()
    assert add(admin_client, kind, is_draft="on", **over).status_code == 302


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"link_url": "clocks.example"}, "link_url"),
        ({"link_url": "javascript:x()"}, "link_url"),
        ({"via_url": "//x"}, "via_url"),
        ({"slug": "a/b"}, "slug"),
        ({"slug": "<b>"}, "slug"),
        ({"slug": "readme.md"}, "slug"),
        ({"tag_names": "x" * 201}, "tag_names"),
        ({"title": "x" * 1001}, "title"),
        ({"slug": "x" * 201}, "slug"),
        ({"language": "<script>"}, "language"),
        ({"published_0": "0000-13-45", "published_1": "x"}, "published"),
        ({"title": "\x01\x02"}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"series": "999"}, "series"),
        ({"series_position": "-1"}, "series_position"),
        ({"body_format": "php"}, "body_format"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(admin_client: Client, over: dict[str, str], field: str) -> None:
    response = add(admin_client, "blogmark", **over)
    assert response.status_code == 200
    assert set(errors(response)) == {field}
    assert not Post.objects.exists()


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_date_at_the_end_of_time_is_no_error(admin_client: Client, settings: Any, year: str) -> None:
    for zone in ("Asia/Tokyo", "America/New_York"):
        settings.TIME_ZONE = zone
        for day in ("01-01", "12-31"):
            stamp = {"published_0": f"{year}-{day}", "published_1": "23:59:59" if day == "12-31" else "00:00:00"}
            assert add(admin_client, "note", **stamp).status_code in (200, 302)
    assert admin_client.get("/admin/posts/note/").status_code == 200


def test_a_fault_in_a_field_that_is_not_shown_is_said_above_the_form(admin_client: Client) -> None:
    entry = make_post("entry")
    Post.objects.filter(pk=entry.pk).update(via_url="old-site.example/no-scheme")
    response = admin_client.post(f"/admin/posts/entry/{entry.pk}/change/", fields("entry"))
    assert response.status_code == 200
    assert errors(response) == {"__all__": ["Give a whole address that begins with https:// or http://."]}


def test_a_slug_of_that_day_is_numbered(admin_client: Client) -> None:
    make_post("note", slug="taken")
    add(admin_client, "note", slug="taken", published_0="2024-12-22", published_1="15:00:00")
    assert Post.objects.filter(slug="taken-2").exists()


def test_odd_characters_in_a_form_are_no_error(admin_client: Client) -> None:
    odd = "a\x0b\x1f\ufffe\u2028\U0001f600b"
    response = add(admin_client, "blogmark", title=odd, body=odd, via_title=odd, tag_names=odd, person_names=odd)
    assert response.status_code == 302
    assert Post.objects.get().title == "a \U0001f600b"
    raw = b"title=%ED%A0%80x&body=%FF%00&link_url=https://a.example/%ED%A0%80&body_format=markdown&is_draft=on&tag_names=%ED%A0%80,a"
    response = admin_client.post("/admin/posts/blogmark/add/", raw, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (200, 302)


def test_several_posts_are_published_and_taken_back_at_once(admin_client: Client) -> None:
    good = make_post("blogmark", is_draft=True)
    bad = make_post("blogmark", is_draft=True, link_url="")
    chosen = {"_selected_action": [good.pk, bad.pk]}
    response = admin_client.post("/admin/posts/blogmark/", {"action": "publish", **chosen}, follow=True)
    messages = [str(message) for message in response.context["messages"]]
    assert len(messages) == 2
    assert "link" in messages[0]
    assert "1 post is public now." in messages[1]
    assert set(Post.objects.published()) == {good}
    admin_client.post("/admin/posts/blogmark/", {"action": "unpublish", **chosen})
    assert not Post.objects.published().exists()
    admin_client.post("/admin/posts/blogmark/", {"action": "delete_selected", "post": "yes", **chosen})
    assert not Post.objects.exists()


def test_the_list_is_searched_and_filtered(admin_client: Client) -> None:
    shown = make_post("entry", title="Zanzibar", body="uncommonword", tags=["rare"], people=["Ada Bell"], slug="a")
    draft = make_post("entry", title="Draft", is_draft=True, slug="b")
    scheduled = make_post("entry", title="Later", published=timezone.now() + dt.timedelta(days=1), slug="c")

    def found(**query: str) -> set[Post]:
        return set(admin_client.get("/admin/posts/entry/", query).context["cl"].result_list)

    for text in ("zanzibar", "uncommonword", "rare", "ada bell", "ada rare"):
        assert found(q=text) == {shown}, text
    for text in ("c++ 100% 'x\"", "%", "\\", "x" * 5_000, "((", "日本"):
        assert found(q=text) <= {shown, draft, scheduled}
    assert found(state="draft") == {draft}
    assert found(state="scheduled") == {scheduled}
    assert found(state="published") == {shown}
    assert found(state="nonsense") == found(published__year="2024", o="nonsense") | found() == {shown, draft, scheduled}
    for query in (
        {"q": "a\x00b"},
        {"author__id__exact": "x"},
        {"published__year": "x"},
        {"p": "-1"},
        {"e": "1"},
        {"body__contains": "x"},
    ):
        assert admin_client.get("/admin/posts/entry/", query).status_code in (200, 302, 400)


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_takes_as_many_queries_for_many_posts_as_for_few(
    admin_client: Client, kind: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert admin_client.get(f"/admin/posts/{kind}/").status_code == 200
        return len(captured)

    for number in range(4):
        make_post(kind, slug=f"few-{number}", people=["Ada Bell", f"P {number}"])
    admin_client.get(f"/admin/posts/{kind}/")
    few = queries()
    for number in range(16):
        make_post(kind, slug=f"many-{number}", people=["Ada Bell", f"P {number}"], tags=[f"t{number}", "x"])
    assert queries() == few <= 15


def test_view_on_site_leads_to_the_page_or_to_a_preview(admin_client: Client, client: Client) -> None:
    shown, draft = make_post("note"), make_post("note", is_draft=True)
    for post, part in [(shown, shown.get_absolute_url()), (draft, "/preview/")]:
        page = admin_client.get(f"/admin/posts/note/{post.pk}/change/")
        assert part in page.content.decode()


# Tags, series, people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "model"), [("tag", Tag), ("series", Series), ("person", Person)])
def test_labels_are_made_changed_and_deleted(admin_client: Client, label: str, model: Any) -> None:
    base = f"/admin/posts/{label}/"
    empty = {"slug": "", "description": "About *it*.", "url": ""}
    assert admin_client.post(f"{base}add/", {**empty, "name": "C++ & more"}).status_code == 302
    made = model.objects.get()
    assert (made.slug, made.description_html) == ("c-plus-plus-and-more", "<p>About <em>it</em>.</p>\n")
    again = admin_client.post(f"{base}add/", {**empty, "name": "C++ & more"})
    assert again.status_code == 200
    assert "slug" in errors(again)
    assert (
        admin_client.post(f"{base}{made.pk}/change/", {**empty, "name": "Other", "slug": "Mixed_Case"}).status_code
        == 302
    )
    assert model.objects.get().slug == "mixed-case"
    assert "1" in admin_client.get(base, {"q": "oth"}).content.decode()
    assert admin_client.post(f"{base}{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not model.objects.exists()


def test_the_address_of_a_person_is_one_of_the_web(admin_client: Client) -> None:
    person = {"name": "Ada", "slug": "", "description": ""}
    for url in ("javascript:x()", "ada.example", "data:text/html,x"):
        assert set(errors(admin_client.post("/admin/posts/person/add/", {**person, "url": url}))) == {"url"}
    assert Person.objects.create(name="Bo", url="javascript:x()").url == ""


# Suggestions -----------------------------------------------------------------------------------------------------------


def test_names_are_suggested_the_most_used_first(admin_client: Client) -> None:
    make_post("note", tags=["tide", "tidal", "ebb tide"], people=["Ada Bell"])
    make_post("note", tags=["tidal"], people=["Ada Bell", "Adam"])
    suggest = lambda what, q: admin_client.get(f"/admin/suggest/{what}/", {"q": q}).json()["names"]  # noqa: E731
    assert suggest("tags", "TID") == ["tidal", "tide", "ebb tide"]
    assert suggest("people", "ada") == ["Ada Bell", "Adam"]
    for nothing in ("", "%", "_", "\x00", "\\", "x" * 10_000, "'"):
        assert suggest("tags", nothing) == []
    assert "no-store" in admin_client.get("/admin/suggest/tags/?q=t").headers["Cache-Control"]


def test_names_are_suggested_to_nobody_else(client: Client) -> None:
    make_post("note", tags=["tide"])
    for what in ("tags", "people"):
        response = client.get(f"/admin/suggest/{what}/?q=t")
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/")
    client.force_login(get_user_model().objects.create(username="contributor"))
    assert client.get("/admin/suggest/tags/?q=t").json() == {"names": ["tide"]}


def test_the_admin_is_closed_to_readers(client: Client) -> None:
    make_post("note")
    for path in (
        "/admin/",
        "/admin/posts/note/",
        "/admin/posts/note/add/",
        f"/admin/posts/note/{Post.objects.get().pk}/change/",
    ):
        assert client.get(path).headers["Location"].startswith("/admin/login/")
        assert client.post(path, fields("note")).status_code == 302
    assert Post.objects.count() == 1


def test_a_form_without_its_token_is_refused(admin_user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert add(client, "note").status_code == 403
    assert not Post.objects.exists()


def test_what_the_admin_shows_is_escaped(admin_client: Client) -> None:
    odd = '"><img src=x onerror=x()>'
    post = make_post("blogmark", title=odd, via_title=odd, tags=[odd], people=[odd], is_draft=True)
    for path in (
        "/admin/posts/blogmark/",
        f"/admin/posts/blogmark/{post.pk}/change/",
        "/admin/posts/tag/",
        "/admin/posts/person/",
    ):
        assert "<img src=x" not in admin_client.get(path).content.decode()


def test_the_stamp_of_a_post_is_kept_by_its_form(admin_client: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    post = make_post("blogmark", published=NOON)
    form = admin_client.get(f"/admin/posts/blogmark/{post.pk}/change/").context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    day, time = timezone.localtime(post.published).strftime("%Y-%m-%d %H:%M:%S").split()
    sent = {
        name: "" if value in (None, False) else str(value)
        for name, value in data.items()
        if name not in ("published", "tag_names", "person_names")
    }
    sent |= {"tag_names": "tides, clocks", "person_names": "", "published_0": day, "published_1": time}
    sent.pop("is_draft")
    assert admin_client.post(f"/admin/posts/blogmark/{post.pk}/change/", sent).status_code == 302
    after = Blogmark.objects.get()
    assert (after.published, after.updated, after.address, after.revision) == (
        post.published,
        post.updated,
        post.address,
        2,
    )
