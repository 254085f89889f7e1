"""The page beside the editor: what is found on it, filled in, and kept with the post."""

from typing import Any

import pytest
from django.test import Client

from linklog.accounts.models import User
from linklog.capture.models import Capture
from linklog.capture.tests.test_earlier import linked
from linklog.core.budget import Budget
from linklog.posts.models.post import new_code
from tests.website import COMMIT, HOSTILE, Website

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def author(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def read(client: Client, status: int = 200, **sent: str) -> dict[str, Any]:
    response = client.post("/write/read/", sent, headers={"Accept": "application/json"})
    assert response.status_code == status
    document: dict[str, Any] = response.json()
    return document


def test_what_a_page_says_fills_the_fields_and_is_kept_with_the_post(author: Client, website: Website) -> None:
    code = new_code()
    found = read(
        author, url=f"{website.url}/chain?utm_source=x", text="One\n\ntwo", via="https://friend.example/x", code=code
    )
    assert found["problem"] == ""
    assert found["fields"] == {
        "title": "Brass clocks that know the tide",
        "link_url": f"{website.url}/article",
        "body": "> One\n>\n> two\n",
        "person_names": "Ada Bell; Grace Winter",
        "via_url": "https://friend.example/x",
        "via_title": "friend.example",
        "language": "",
        "context": "",
    }
    capture = Capture.objects.of_post(code).get()
    assert (capture.pk, capture.state, capture.facts["published"]) == (
        found["capture"],
        Capture.State.READ,
        "2026-03-14",
    )


def test_a_selection_is_the_text_itself_of_a_quotation(author: Client, website: Website) -> None:
    fields = read(author, url=f"{website.url}/latin1", text="Å i åa ä e ö.", kind="quotation")["fields"]
    assert fields["body"] == "Å i åa ä e ö."
    assert fields["context"] == "Tidvatten på Öland"
    assert fields["language"] == "sv"


def test_a_page_is_read_once_for_a_post_unless_it_is_asked_for_again(author: Client, website: Website) -> None:
    sent = {"url": f"{website.url}/plain", "code": new_code()}
    assert read(author, **sent)["fields"] == read(author, **sent)["fields"]
    assert website.asked == ["/plain"]
    read(author, **sent, again="1")
    assert website.asked == ["/plain", "/plain"]
    assert Capture.objects.count() == 1


def test_a_link_of_the_inbox_keeps_its_place_until_something_is_written(
    author: Client, owner: User, website: Website
) -> None:
    item = Capture.objects.create(by=owner, url=f"{website.url}/plain", is_kept=True)
    assert read(author, url=item.url, capture=str(item.pk), code=new_code())["capture"] == item.pk
    item.refresh_from_db()
    assert (item.state, item.code) == (Capture.State.READ, "")


def test_of_another_author_nothing_is_taken(author: Client, website: Website) -> None:
    mate = User.objects.create_user("grace")
    item = Capture.objects.create(by=mate, url=f"{website.url}/plain", selection="secret")
    found = read(author, url=item.url, capture=str(item.pk))
    assert found["capture"] != item.pk
    assert "secret" not in str(found)


@pytest.mark.parametrize("path", ["/gone", "/picture.png", "/loop"])
def test_a_page_that_cannot_be_read_leaves_the_author_what_there_is(
    author: Client, website: Website, path: str
) -> None:
    found = read(author, url=website.url + path, title="As I saw it")
    assert found["problem"].endswith(".")
    assert found["problem"].split(" (")[0] in found["html"]
    assert found["fields"]["title"] == "As I saw it"
    assert found["fields"]["link_url"] == website.url + path


def test_what_was_written_before_is_shown_with_a_way_to_follow_up(author: Client, website: Website) -> None:
    old = linked("old", f"{website.url}/article", people=["Ada Bell"])
    linked("other", f"{website.url}/other", -1, people=["Ada Bell"])
    html = read(author, url=f"{website.url}/article")["html"]
    assert "You linked this before" in html
    assert f"Follow-up to [A field guide to tide clocks]({old.get_absolute_url()})." in html
    assert "Crediting Ada Bell" in html
    assert "From 127.0.0.1" in html


def test_a_file_on_a_branch_and_a_transcript_are_offered(author: Client, website: Website) -> None:
    assert (
        f"/ada/code/blob/{COMMIT}/file.py#L3"
        in read(author, url=f"{website.url}/ada/code/blob/main/file.py#L3")["html"]
    )
    assert "is not pinned" in read(author, url=f"{website.url}/ada/silent/blob/main/file.py")["html"]
    html = read(author, url=f"{website.url}/video")["html"]
    assert f"&gt; Then the boats come in. [1:30]({website.url}/video#t=90)" in html


def test_a_hostile_page_is_shown_as_text(author: Client, website: Website) -> None:
    found = read(author, url=f"{website.url}/hostile", title=HOSTILE, text=HOSTILE)
    assert "<script" not in found["html"]
    assert "<img" not in found["html"]
    assert "{{7*7}}" in found["html"]


def test_what_is_no_address_is_refused_in_a_sentence(author: Client) -> None:
    assert read(author, 400, url="javascript:x()")["problem"].endswith(".")


def test_only_who_is_signed_in_has_pages_read(client: Client, website: Website) -> None:
    read(client, 401, url=f"{website.url}/plain")
    assert website.asked == []


def test_an_author_has_so_many_pages_read_in_a_minute(author: Client, website: Website, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("linklog.capture.views.read.BUDGET", Budget(tmp_path / "budget", 2))
    code = new_code()
    for number in range(2):
        read(author, url=f"{website.url}/plain?{number}", code=code)
    assert read(author, 429, url=f"{website.url}/plain?3", code=code)["problem"]
    read(author, url=f"{website.url}/plain?1", code=code)  # which was read already


def test_it_takes_few_queries_however_much_there_is(
    author: Client, website: Website, django_assert_max_num_queries
) -> None:
    for number in range(12):
        linked(f"post-{number}", f"{website.url}/{number}", number, people=["Ada Bell"], tags=["tides"])
    code = new_code()
    read(author, url=f"{website.url}/article", code=code)
    with django_assert_max_num_queries(24):
        read(author, url=f"{website.url}/article", code=code)
