"""The table of posts: what a row derives from itself, which class it comes back as, and what the database refuses."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from linklog.core.xml import strip_illegal
from linklog.posts.models import KINDS, Blogmark, Entry, Note, Post, PostTag, Quotation, Reference, Revision
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_comes_back_as_the_class_of_its_kind(kind: str) -> None:
    made = make_post(kind)
    PostTag.objects.all().update(position=0)
    rows = [
        Post.objects.get(pk=made.pk),
        KINDS[kind].objects.get(pk=made.pk),
        Post.objects.defer("body", "body_html").get(pk=made.pk),
        next(iter(Post.objects.all().iterator())),
        PostTag.objects.select_related("post").first().post,
        Revision.objects.select_related("post").first().post,
        PostTag.objects.first().post,
        Post.objects.raw("SELECT * FROM posts_post")[0],
        made.tag_list[0].posts.get(),
    ]
    for row in rows:
        assert type(row) is KINDS[kind]
    deferred = rows[2]
    assert deferred.body == made.body
    deferred.refresh_from_db()
    assert deferred == made


def test_a_row_read_without_its_kind_stays_a_post() -> None:
    make_post("note")
    assert type(Post.objects.only("title").get()) is Post
    assert Post.objects.values("kind", "title").get() == {"kind": "note", "title": ""}


def test_each_kind_has_its_own_manager() -> None:
    for kind in KINDS:
        make_post(kind, slug=kind)
    for kind, model in KINDS.items():
        assert [post.kind for post in model.objects.all()] == [kind]
        assert model.objects.published().count() == 1


@pytest.mark.parametrize(
    ("kind", "lack"),
    [
        ("blogmark", {"link_url": ""}),
        ("blogmark", {"title": ""}),
        ("entry", {"title": ""}),
        ("quotation", {"body": ""}),
        ("note", {"body": ""}),
    ],
)
def test_the_database_refuses_a_public_post_that_lacks_what_its_kind_needs(kind: str, lack: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_post(kind, **lack)
    assert make_post(kind, is_draft=True, **lack).pk


@pytest.mark.parametrize(
    "change",
    [{"published": None}, {"day": None}, {"updated": None}, {"slug": ""}, {"kind": "photo"}, {"kind": ""}],
)
def test_the_database_refuses_a_public_post_without_address_or_kind(change: dict[str, object]) -> None:
    post = make_post("note")
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(**change)


def test_the_database_refuses_two_posts_at_one_address() -> None:
    one, other = make_post("note", slug="a"), make_post("note", slug="b")
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=other.pk).update(slug=one.slug)


def test_the_day_is_that_of_the_sites_zone(settings) -> None:
    late = dt.datetime(2024, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert make_post("note", published=late).address.startswith("2024/Dec/31/")
    settings.TIME_ZONE = "Asia/Tokyo"
    assert make_post("note", published=late).address.startswith("2025/Jan/1/")
    settings.TIME_ZONE = "America/New_York"
    assert make_post("note", published=late.replace(day=1, hour=3)).address.startswith("2024/Nov/30/")


def test_years_have_four_digits_in_addresses(client) -> None:
    post = make_post("note", published=dt.datetime(987, 1, 2, 12, tzinfo=dt.UTC), slug="old")
    assert post.address == "0987/Jan/2/old"
    for path in (
        "/",
        "/0987/",
        "/0987/Jan/",
        "/0987/Jan/2/",
        "/0987/Jan/2/old/",
        "/0987/Jan/2/old.md",
        "/atom/everything/",
    ):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("published", [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(1, 12, 31, 23, tzinfo=dt.UTC)])
def test_the_first_year_there_is_breaks_nothing(client, published: dt.datetime) -> None:
    post = make_post("note", published=published)
    for path in ("/", "/0001/", f"/{post.address}/", f"/{post.address.rsplit('/', 1)[0]}/"):
        assert client.get(path).status_code == 200, path
    assert client.get(f"/{post.address.rsplit('/', 2)[0]}/").status_code == 404


@pytest.mark.parametrize(
    "field", ["title", "body", "context", "via_title", "via_url", "link_url", "slug", "language", "card_image"]
)
def test_characters_that_no_document_may_hold_never_reach_the_database(field: str) -> None:
    hostile = "a\x00\x0b\x1f\x7f\ufffe\uffff\ud800b\r\nc"
    made = make_post("quotation", **{field: hostile})
    stored = Post.objects.get(pk=made.pk)
    for name in (
        "title",
        "body",
        "body_html",
        "context",
        "via_title",
        "via_url",
        "link_url",
        "slug",
        "language",
        "card_image",
    ):
        assert getattr(stored, name) == strip_illegal(getattr(stored, name))
        assert getattr(stored, name) == getattr(made, name)


def test_references_to_characters_do_not_bring_them_back() -> None:
    html = make_post("note", body="a&#0;&#11;&#x1f;&#xfffe;&#xd800;b").body_html
    assert html == strip_illegal(html)


def test_single_lines_have_no_line_breaks() -> None:
    post = make_post(title=" A\n title\t of  lines ", via_title="a\r\nb")
    assert (post.title, post.via_title) == ("A title of lines", "a b")


@pytest.mark.parametrize("field", ["link_url", "via_url", "card_image"])
def test_a_link_that_would_run_code_is_not_stored(field: str) -> None:
    for url in ("javascript:x()", " java\nscript:x()", "\x00javascript:x()", "java\x0bscript:x()", "data:text/html,x"):
        assert getattr(make_post("note", **{field: url}), field) == ""


def test_a_language_that_is_none_is_not_stored() -> None:
    assert make_post("note", language='sv"><script>').language == ""
    assert make_post("note", language="pt-BR").language == "pt-BR"


def test_the_link_is_mended_and_its_site_and_key_are_stored() -> None:
    post = make_post(link_url=" HTTPS://www.Clocks.example/a b/?utm_source=x#y ")
    assert post.link_url == "HTTPS://www.Clocks.example/a%20b/?utm_source=x#y"
    assert (post.link_site, post.link_key) == ("clocks.example", "clocks.example/a%20b")


@pytest.mark.parametrize(
    ("kind", "over", "slug"),
    [
        ("entry", {"title": "C++ & Node.js"}, "c-plus-plus-and-node-js"),
        ("blogmark", {"title": "日本語"}, "ribenyu"),
        (
            "note",
            {"body": "Eight *words* are [enough](/x) for any slug, not nine."},
            "eight-words-are-enough-for-any-slug-not",
        ),
        ("note", {"title": "Titled"}, "titled"),
        ("quotation", {"people": ["Ada Bell"]}, "ada-bell"),
        ("quotation", {"people": []}, "time-and-tide-wait-for-none"),
        ("entry", {"slug": "Kept.As-it_is~é"}, "Kept.As-it_is~é"),
    ],
)
def test_slugs_come_from_what_the_post_says(kind: str, over: dict, slug: str) -> None:
    assert make_post(kind, **over).slug == slug


def test_a_title_of_signs_alone_gets_the_short_code_as_slug() -> None:
    post = make_post("entry", title="!!!")
    assert post.slug == post.code


def test_what_stands_for_a_title_where_there_is_none() -> None:
    march = dt.datetime(2025, 3, 21, 12, tzinfo=dt.UTC)
    assert make_post("quotation", people=["Ada Bell", "Bo Ek"]).display_title == "Quoting Ada Bell, Bo Ek"
    assert make_post("note", published=march).display_title == "Note on 21st March 2025"
    assert make_post("quotation", people=[], published=march).display_title == "Quotation on 21st March 2025"
    assert str(Note(body="x")) == "Note"
    assert str(Quotation(body="x")) == "Quotation"
    assert make_post("note", title="Own").display_title == "Own"


def test_what_is_public() -> None:
    past, future = timezone.now() - dt.timedelta(seconds=5), timezone.now() + dt.timedelta(hours=1)
    shown = make_post("note", published=past)
    scheduled = make_post("note", published=future)
    draft = make_post("note", is_draft=True, published=past)
    undated = make_post("note", is_draft=True, published=None)
    assert [post.is_public for post in (shown, scheduled, draft, undated)] == [True, False, False, False]
    assert [post.is_scheduled for post in (shown, scheduled, draft, undated)] == [False, True, False, False]
    assert list(Post.objects.published()) == [shown]
    assert list(Post.objects.scheduled()) == [scheduled]
    assert set(Post.objects.drafts()) == {draft, undated}


def test_a_draft_without_date_has_a_short_address_only() -> None:
    draft = make_post("note", is_draft=True, published=None)
    assert draft.address == ""
    assert draft.get_absolute_url() == f"/p/{draft.code}/"


def test_codes_and_feed_ids_never_change() -> None:
    post = make_post("entry")
    before = (post.code, post.feed_id)
    post.title, post.slug = "Another", "another"
    post.save()
    assert (post.code, post.feed_id) == before
    assert post.feed_id == f"tag:localhost,2026:{post.code}"


def test_a_description_ends_at_a_word() -> None:
    assert make_post("note", body="word " * 99).description == "word " * 38 + "word…"
    assert make_post("note", body="*short*").description == "short"


def test_an_entry_has_an_excerpt_and_says_whether_there_is_more() -> None:
    entry = make_post("entry", body=f"{'a ' * 400}\n\n{'b ' * 400}")
    assert entry.has_more
    assert "b" not in entry.list_safe
    assert not make_post("entry", body="short").has_more
    assert not make_post("note", body="a\n\n# b").has_more


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"link_url": "example.com/no-scheme"}, "link_url"),
        ({"link_url": "javascript:x()"}, "link_url"),
        ({"via_url": "https://"}, "via_url"),
        ({"link_url": "https://a.example/" + "x" * 2_000}, "link_url"),
        ({"slug": "a/b"}, "slug"),
        ({"slug": ".."}, "slug"),
        ({"card_image": "//evil.example/x.png"}, "card_image"),
        ({"card_image": "data:image/png;base64,AA"}, "card_image"),
        ({"language": "<b>"}, "language"),
        ({"is_draft": False, "title": "\x01"}, "title"),
        ({"is_draft": False, "link_url": ""}, "link_url"),
    ],
)
def test_a_form_says_what_is_wrong_at_its_field(over: dict, field: str) -> None:
    post = Blogmark(**{"title": "A", "link_url": "https://a.example/", **over})
    with pytest.raises(ValidationError) as caught:
        post.clean()
    assert set(caught.value.message_dict) == {field}


def test_a_post_may_refer_to_one_that_does_not_exist_yet() -> None:
    early = make_post("note", body="Soon: [x](/2024/Dec/23/later/).", slug="early")
    assert Reference.objects.get().target == "2024/Dec/23/later"
    later = make_post("note", published=NOON + dt.timedelta(days=1), slug="later")
    from linklog.posts.surroundings import surroundings

    assert surroundings(later).backlinks == [early]


def test_entries_may_be_saved_without_body() -> None:
    assert make_post("entry", body="").body_html == ""
    assert isinstance(Entry.objects.get(), Entry)
