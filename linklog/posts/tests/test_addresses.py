"""Every address of posts: the right one answers, the wrong one redirects, nonsense is not found, and nothing is an error."""

import datetime as dt
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linklog.posts.models import KINDS, Post, Series, Tag
from tests.builders import NOON, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Post:
    return make_post(
        "blogmark", slug="tide-clocks", tags=["a", "b"], people=["Ada Bell"], series=Series.objects.create(name="Tides")
    )


def status_and_target(client: Client, path: str) -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, response.headers.get("Location", "")


PAGES = [
    "/", "/2024/", "/2024/Dec/", "/2024/Dec/22/", "/2024/Dec/22/tide-clocks/", "/2024/Dec/22/tide-clocks.md", "/tags/", "/tags/a/",
    "/tags/a+b/", "/tags/b+a/", "/entries/", "/blogmarks/", "/quotations/", "/notes/", "/series/", "/series/tides/", "/credits/",
    "/credits/ada-bell/", "/healthz", "/site.css",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_each_address_answers(client: Client, post: Post, path: str) -> None:
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert client.get(path, {"utm_source": "x", "before": "abc", "page": "-1"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/2024", "/2024/"),
        ("/2024/Dec", "/2024/Dec/"),
        ("/2024/dec/", "/2024/Dec/"),
        ("/2024/DEC/", "/2024/Dec/"),
        ("/2024/Dec/22", "/2024/Dec/22/"),
        ("/2024/dec/22/", "/2024/Dec/22/"),
        ("/2024/Dec/22/tide-clocks", "/2024/Dec/22/tide-clocks/"),
        ("/2024/dEC/22/tide-clocks/", "/2024/Dec/22/tide-clocks/"),
        ("/2024/dec/22/tide-clocks.md", "/2024/Dec/22/tide-clocks.md"),
        ("/2024/Dec/22/tide-clocks.md/", "/2024/Dec/22/tide-clocks.md"),
        ("/2024/dec/22/tide-clocks/?a=b", "/2024/Dec/22/tide-clocks/?a=b"),
        ("/tags", "/tags/"),
        ("/tags/A/", "/tags/a/"),
        ("/tags/a%20b/", "/tags/a+b/"),
        ("/tags/a+a/", "/tags/a/"),
        ("/tags/a", "/tags/a/"),
        ("/entries", "/entries/"),
        ("/series/tides", "/series/tides/"),
        ("/credits/ada-bell", "/credits/ada-bell/"),
        ("/healthz/", "/healthz"),
        ("/robots.txt/", "/robots.txt"),
        ("/site.css/", "/site.css"),
    ],
)
def test_an_address_written_another_way_leads_to_the_right_one(
    client: Client, post: Post, path: str, target: str
) -> None:
    assert status_and_target(client, path) == (301, target)


def test_a_zero_before_the_day_leads_to_the_address_without(client: Client) -> None:
    post = make_post("note", published=dt.datetime(2024, 12, 5, 12, tzinfo=dt.UTC), slug="x")
    for ending in ("/", "/x/", "/x.md"):
        assert status_and_target(client, f"/2024/Dec/05{ending}") == (301, f"/2024/Dec/5{ending}")
    assert status_and_target(client, f"/p/{post.code}/") == (301, "/2024/Dec/5/x/")
    assert status_and_target(client, f"/p/{post.code}") == (301, f"/p/{post.code}/")


NONSENSE = [
    "/2023/", "/0000/", "/9999/", "/99999/", "/2024/Foo/", "/2024/Jan/", "/2024/Feb/31/", "/2024/Dec/0/",
    "/2024/Dec/32/", "/2024/Dec/21/", "/2024/Dec/22/none/", "/2024/Dec/22/none.md", "/2024/Dec/22/.md",
    "/2024/12/22/", "/0000/Dec/22/x/", "/9999/Dec/", "/9999/Dec/31/x/", "/0001/Jan/1/", "/0001/Jan/",
    "/2024/Feb/29999999999999999999/", "/٢٠٢٤/", "/2024/Dec/２２/", "/tags/none/", "/tags/a+none/", "/tags/+/",
    "/tags/a+/", "/tags/a+b+c+d+e/", "/tags/%00/", "/tags/%FF/", "/tags/%ED%A0%80/", "/series/none/", "/series/%00/",
    "/credits/none/", "/credits/%00/", "/random/none/", "/random/%00/", "/p/none/", "/p/%00/", "/p/%F0%9F%98%80/",
    "/preview/x/", "/preview/%00/", "/2024%0A/", "/2024/%0A", "/2024/Dec/22/%00/", "/2024/Dec/22/%ff/",
    "/media/none.png", "/media/%00", "/media/../secret-key", "/media/" + "x" * 300, "/media/..%2f..%2fsecret-key",
    "/" + "1" * 5_000 + "/", "/none/", "/none", "/%00", "/%E0%80/", "/\\evil.example/", "/.git/config", "/a/b/c/d",
]  # fmt: skip


@pytest.mark.parametrize("path", NONSENSE)
def test_nonsense_is_not_found(client: Client, post: Post, path: str) -> None:
    response = client.get(path, follow=True)
    assert response.status_code == 404
    assert client.get(f"{path}?{path}=%00%FF&before=%00").status_code in (301, 404)


@pytest.mark.parametrize(
    "before",
    ["abc", "", "%00", "%FF", "2024-13-45", "2024-02-31T00:00:00Z", "0000-00-00", "0001-01-01", "9999-12-31T23:59:59-14:00",
     "2024-12-22~x", "0001-01-01T00:00:00+23:59", "2024-12-22T00:00:00Z~999999999999999999", "2024-12-22T25:00:00Z~1",
     "9" * 5_000, "2024-12-22T10:15:30Z~-1"],
)  # fmt: skip
def test_a_place_in_a_list_may_be_any_nonsense(client: Client, post: Post, before: str) -> None:
    for path in ("/", "/tags/a/", "/blogmarks/", "/credits/ada-bell/", "/2024/Dec/"):
        assert client.get(f"{path}?before={before}").status_code in (200, 404)


ODD = ["\x00", "..", "%", "%00", "2024", "Dec", "22", "tags", "\ud7ff", "\uffff", "+", ".md", "~", " "]
TEXT = st.text(max_size=8) | st.sampled_from(ODD)
PREFIXES = [
    "",
    "2024/",
    "2024/Dec/",
    "2024/Dec/22/",
    "tags/",
    "series/",
    "credits/",
    "random/",
    "p/",
    "preview/",
    "media/",
]
PREFIXES += ["welcome/", "atom/", "json/"]


@given(
    st.sampled_from(PREFIXES),
    st.lists(TEXT, max_size=4).map("/".join),
    st.sampled_from(["", "/", ".atom", ".md", "//"]),
    st.dictionaries(st.sampled_from(["before", "page", "month", "q", "p"]) | TEXT, TEXT, max_size=3),
)
@example("", "/evil.example", "/", {})
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_is_an_error(post: Post, prefix: str, rest: str, ending: str, query: dict[str, str]) -> None:
    client = Client(raise_request_exception=True)
    path = "/" + prefix + quote(rest.encode("utf-8", "surrogatepass")) + ending
    response = client.get(path, query_params=query)
    assert response.status_code in (200, 301, 302, 304, 400, 404), path
    assert not response.headers.get("Location", "/").startswith(("//", "/\\"))


@given(st.binary(max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_are_an_error(post: Post, raw: bytes) -> None:
    written = "".join(f"%{byte:02x}" for byte in raw)
    for path in (
        f"/{written}",
        f"/tags/{written}/",
        f"/2024/Dec/22/{written}/?before={written}&{written}",
        f"/credits/{written}.atom",
    ):
        assert Client().get(path).status_code < 500


@pytest.mark.parametrize("path", ["/", "/2024/", "/tags/", "/tags/a/", "/2024/Dec/22/tide-clocks/", "/random/"])
def test_nothing_can_be_posted_to_a_page(path: str, post: Post) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(path, {"title": "x"}).status_code in (403, 405)
    assert Post.objects.count() == 1


# Lists -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/notes/", "/tags/tides/", "/credits/ada-bell/", "/2024/Dec/"])
def test_paging_visits_each_post_once_though_many_share_a_second(client: Client, path: str) -> None:
    count = 65
    for number in range(count):
        published = NOON + dt.timedelta(hours=number // 20)
        make_post("note", published=published, slug=f"n-{number}", tags=["tides"], people=["Ada Bell"])
    seen: list[Post] = []
    at = path
    for _ in range(count):
        page = client.get(at).context["page"]
        seen += page.posts
        if not page.next_query:
            break
        at = path + page.next_query
    assert len(seen) == len(set(seen)) == count
    assert seen == list(Post.objects.order_by("-published", "-pk"))


def test_a_list_may_begin_at_a_day_or_a_stamp_of_any_zone(client: Client) -> None:
    old, new = make_post("note", slug="old"), make_post("note", published=NOON + dt.timedelta(days=1), slug="new")
    for before, posts in [
        ("2024-12-23", [old]),
        ("2024-12-23T12:00:00Z", [old]),
        ("2024-12-23T13:00:00%2B01:00", [old]),
        ("2024-12-23T13:00:00+01:00", [old]),
        (f"2024-12-23T12:00:00Z~{new.pk}", [old]),
        (f"2024-12-23T12:00:00Z~{new.pk + 1}", [new, old]),
        ("2024-12-22", []),
        ("nonsense", [new, old]),
    ]:
        assert client.get(f"/?before={before}").context["page"].posts == posts, before


def test_a_tag_page_of_several_shows_what_carries_all(client: Client) -> None:
    both, one = make_post("note", tags=["a", "b"], slug="both"), make_post("note", tags=["a"], slug="one")
    assert set(client.get("/tags/a/").context["page"].posts) == {both, one}
    assert client.get("/tags/a+b/").context["page"].posts == [both]
    assert client.get("/tags/a+b/").context["total"] == 1


def test_a_tag_that_only_drafts_carry_is_not_found(client: Client) -> None:
    make_post("note", tags=["hidden"], is_draft=True)
    Tag.objects.create(name="Unused")
    assert client.get("/tags/hidden/").status_code == client.get("/tags/unused/").status_code == 404
    assert client.get("/random/hidden/").status_code == client.get("/random/").status_code == 404


def test_a_tag_can_be_asked_for_however_its_slug_was_typed(client: Client) -> None:
    Tag.objects.create(name="Mixed Case", slug="Mixed_Case")
    make_post("note", tags=["Mixed Case"])
    assert client.get("/tags/mixed-case/").status_code == 200


def test_random_tag_is_a_post_with_tags_where_no_tag_is_called_tag(client: Client) -> None:
    tagged = make_post("note", tags=["tides"])
    make_post("note", tags=[], slug="bare")
    assert {client.get("/random/tag/").headers["Location"] for _ in range(20)} == {tagged.get_absolute_url()}


def test_random_leads_to_any_post_of_the_tag_and_is_not_kept(client: Client) -> None:
    wanted = {make_post("note", tags=["a"], slug=f"a-{number}").get_absolute_url() for number in range(3)}
    make_post("note", tags=["b"], slug="b")
    make_post("note", tags=["a"], slug="hidden", is_draft=True)
    responses = [client.get("/random/a/") for _ in range(60)]
    assert {response.headers["Location"] for response in responses} == wanted
    assert all(
        "no-store" in response.headers["Cache-Control"] and response.status_code == 302 for response in responses
    )


def test_archives_count_what_is_there(client: Client) -> None:
    for month, kinds in {1: ["note", "note", "entry"], 3: ["blogmark"]}.items():
        for number, kind in enumerate(kinds):
            make_post(kind, published=dt.datetime(2024, month, 1 + number, tzinfo=dt.UTC))
    make_post("note", published=dt.datetime(2022, 5, 1, tzinfo=dt.UTC))
    year = client.get("/2024/").context
    assert (year["total"], year["kinds"]) == (4, {"entry": 1, "blogmark": 1, "quotation": 0, "note": 2})
    assert [(row["first"].month, row["total"], row["url"]) for row in year["months"]] == [
        (1, 3, "/2024/Jan/"),
        (3, 1, "/2024/Mar/"),
    ]
    month = client.get("/2024/Jan/").context
    days = {day: count for week in month["weeks"] for day, count in week if count}
    assert days == {dt.date(2024, 1, 1): 1, dt.date(2024, 1, 2): 1, dt.date(2024, 1, 3): 1}
    assert all(len(week) == 7 for week in month["weeks"])


def test_a_day_shows_its_posts_from_morning_to_night(client: Client) -> None:
    late, early = (
        make_post("note", published=NOON, slug="late"),
        make_post("note", published=NOON - dt.timedelta(hours=3), slug="early"),
    )
    assert client.get("/2024/Dec/22/").context["posts"] == [early, late]


def test_series_keep_their_order(client: Client) -> None:
    series = Series.objects.create(name="Tides")
    places = {"c": None, "a": 2, "b": 1}
    for number, (slug, place) in enumerate(places.items()):
        make_post("note", slug=slug, series=series, series_position=place, published=NOON + dt.timedelta(days=number))
    assert [post.slug for post in client.get("/series/tides/").context["posts"]] == ["b", "a", "c"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_slug_that_ends_in_md_has_both_its_addresses(client: Client, kind: str) -> None:
    make_post(kind, slug="notes.md")
    assert client.get("/2024/Dec/22/notes.md/").status_code == 200
    assert status_and_target(client, "/2024/Dec/22/notes.md") == (301, "/2024/Dec/22/notes.md/")
    assert client.get("/2024/Dec/22/notes.md.md").status_code == 200


def test_pages_say_nothing_of_who_asks(client: Client, admin_client: Client, post: Post) -> None:
    for path in ("/", "/2024/Dec/22/tide-clocks/", "/tags/a/"):
        assert "Cookie" not in client.get(path).headers.get("Vary", "")
        assert not admin_client.get(path).cookies
