"""What the panels beside the editor ask: tags that suit the text, and the checklist."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linklog.accounts.models import Role, User
from linklog.capture.models import Capture
from linklog.posts.models.post import new_code
from linklog.write.models import LinkCheck
from tests.builders import make_post
from tests.website import Website

pytestmark = pytest.mark.django_db

PAGES = ["write:suggest_tags", "write:checklist", "write:check_links"]
JSON = {"Accept": "application/json"}


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("mira", "", "low-water-at-six", name="Mira")


@pytest.fixture
def author(owner: User) -> Client:
    client = Client(headers=JSON)
    client.force_login(owner)
    return client


def captured(owner: User, url: str, **facts) -> Capture:
    return Capture.objects.create(by=owner, url=url, state=Capture.State.READ, facts={"url": url, **facts})


def ask(client: Client, page: str, code: str = "", **fields: str) -> dict:
    response = client.post(reverse(page, args=[code or new_code()]), {"kind": "blogmark", **fields})
    assert response.status_code == 200, response.content
    return response.json()


def item(client: Client, name: str, **fields: str) -> dict:
    return next(one for one in ask(client, "write:checklist", **fields)["items"] if one["name"] == name)


@pytest.mark.parametrize("page", PAGES)
def test_the_panels_answer_authors_alone(page: str, client: Client, author: Client) -> None:
    url = reverse(page, args=[new_code()])
    assert client.post(url, headers=JSON).status_code == 401
    assert author.get(url).status_code == 405
    assert author.post(url, {"kind": "blogmark", "body": "x" * 1_000_001}).status_code == 413
    for kind in ("entry", "blogmark", "quotation", "note", "", "nonsense"):
        assert author.post(url, {"kind": kind, "body": "\x00"}).status_code == 200


@pytest.mark.parametrize("page", PAGES[1:])
def test_of_another_author_s_post_a_contributor_is_told_nothing(page: str) -> None:
    contributor = User.objects.create_user("nils", "", "low-water-at-six", role=Role.CONTRIBUTOR)
    client = Client(headers=JSON)
    client.force_login(contributor)
    assert client.post(reverse(page, args=[make_post("note").code]), {"kind": "note"}).status_code == 404


def test_tags_are_suggested_from_the_form_and_from_what_the_page_says(owner: User, author: Client) -> None:
    for number in range(3):
        make_post("note", slug=f"n{number}", body="Sextants.", tags=["sextants"])
    assert ask(author, "write:suggest_tags", title="On sextants")["tags"][0] == {
        "name": "sextants",
        "reason": "in the title",
    }
    url = "https://sea.example/"
    assert ask(author, "write:suggest_tags", link_url=url)["tags"] == []
    captured(owner, url, text="All about sextants.")
    assert ask(author, "write:suggest_tags", link_url=url)["tags"][0]["name"] == "sextants"
    assert ask(author, "write:suggest_tags", link_url=url, tag_names="sextants")["tags"] == []


def test_the_facts_of_a_page_are_those_of_the_link_in_the_form_by_any_of_its_addresses(
    owner: User, author: Client
) -> None:
    short = Capture.objects.create(
        by=owner, url="https://s.example/1", state=Capture.State.READ,
        facts={"url": "https://sea.example/tides", "authors": ["Ada Bell"], "pinned": "https://sea.example/at/0123"},
    )  # fmt: skip
    for url in ("https://s.example/1", "https://sea.example/tides?utm_source=x", "https://sea.example/at/0123"):
        assert item(author, "credit", link_url=url, capture=str(short.pk))["text"] == "Ada Bell"
    assert item(author, "credit", link_url="https://other.example/", capture=str(short.pk))["text"] == ""
    somebody = User.objects.create_user("nils", "", "low-water-at-six")
    Capture.objects.update(by=somebody)
    assert item(author, "credit", link_url="https://s.example/1", capture=str(short.pk))["text"] == ""


def test_an_earlier_post_about_the_same_page_is_offered_as_a_link(author: Client) -> None:
    before = make_post(link_url="https://sea.example/tides", title="Tide [tables]")
    make_post("note", slug="draft", link_url="https://sea.example/tides", is_draft=True)
    found = item(author, "earlier", link_url="http://www.sea.example/tides/")
    assert found["text"] == rf"[Tide \[tables\]]({before.get_absolute_url()})"
    linked = item(
        author, "earlier", link_url="https://sea.example/tides", body=f"As [before]({before.get_absolute_url()})."
    )
    assert linked["state"] == "done"
    names = {one["name"] for one in ask(author, "write:checklist", before.code, link_url=before.link_url)["items"]}
    assert "earlier" not in names


def test_the_list_comes_at_once_and_what_other_sites_say_after_it(author: Client, website: Website) -> None:
    form = {"link_url": f"{website.url}/article", "body": f"[one]({website.url}/gone) and [two]({website.url}/gone)"}
    first = ask(author, "write:checklist", **form)
    assert (first["links_left"], website.asked) == (2, [])
    second = ask(author, "write:check_links", **form)
    assert second["links_left"] == 0
    assert "/gone" in next(one for one in second["items"] if one["name"] == "links")["reason"]
    assert item(author, "links", **form)["state"] == "open"
    assert LinkCheck.objects.count() == 2


def test_code_on_a_branch_is_told_wherever_it_is_linked(author: Client) -> None:
    url = "https://github.com/ada/code/blob/main/a.py"
    assert item(author, "pinned", link_url=url)["state"] == "open"
    assert item(author, "pinned", body=f"[code]({url})", kind="entry")["state"] == "open"
    fixed = "https://github.com/ada/code/blob/4f3c2b1a0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c/a.py"
    names = {one["name"] for one in ask(author, "write:checklist", link_url=fixed)["items"]}
    assert "pinned" not in names


def test_the_checklist_costs_the_same_number_of_queries_however_many_links(author: Client) -> None:
    def count(number: int) -> int:
        body = " ".join(f"[x](https://s{place}.example/) [y](/2024/Dec/22/n{place}/)" for place in range(number))
        with CaptureQueriesContext(connection) as queries:
            ask(author, "write:checklist", kind="entry", body=body)
        return len(queries)

    for place in range(12):
        make_post("note", slug=f"n{place}", link_url=f"https://s{place}.example/")
    ask(author, "write:checklist")
    assert count(2) == count(12) <= 12
