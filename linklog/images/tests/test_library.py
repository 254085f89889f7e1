"""The library of uploads and the page of one: what is found, for whom, and what replacing and deleting do."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.images import library, receiving, uses
from linklog.images.models import MediaFile, MediaUse, Rendition
from linklog.images.tests.conftest import Photo
from linklog.images.tests.rows import make_image, path_of, reference
from linklog.pages.models import Page
from linklog.posts.models import Tag
from linklog.site.models import Site
from tests.builders import make_post

pytestmark = pytest.mark.django_db

PAGE = "/write/images/"


def user(role: Role = Role.EDITOR) -> User:
    return User.objects.create_user(role.value, password="low-water-at-six", role=role)


def client_of(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def found(who: User, **asked: Any) -> list[str]:
    return [tile.media.digest for tile in library.shelf(who, **asked).tiles]


def test_files_are_found_by_name_alt_text_and_post() -> None:
    who = user()
    for name in ("ab", "cd", "ef"):
        make_image(name)
    MediaFile.objects.filter(digest="ef").update(alt="A brass clock")
    make_post("entry", title="Low water", body=reference("ab", "Waves"))
    assert found(who) == ["ef", "cd", "ab"]
    assert found(who, words="cd.JPG") == ["cd"]
    assert found(who, words="brass") == ["ef"]
    assert found(who, words="waves low") == found(who, only="image", words="water") == ["ab"]
    assert found(who, words="x%_'\"") == []


def test_what_wants_something_is_found() -> None:
    who = user()
    for name in ("ab", "cd", "ef"):
        make_image(name)
    MediaFile.objects.create(digest="film", kind=MediaFile.Kind.VIDEO)
    MediaFile.objects.create(digest="lie", state=MediaFile.State.FAILED, problem="It is no image.")
    uses.note_draft(f"/media/{path_of('cd')}", "Waves")
    make_post("note", body=reference("ab"))
    make_post("note", body=reference("cd"))
    assert found(who, only="bare") == ["ab"]
    assert found(who, only="drafted") == ["cd"]
    assert found(who, only="unused") == ["lie", "film", "ef"]
    assert found(who, only="video") == ["film"]
    assert found(who, only="failed") == ["lie"]


def test_what_anything_shows_is_used() -> None:
    who, names = user(), ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
    for name in names:
        make_image(name)
    make_post("note", body="Words", card_image=f"/media/{path_of('c1')}")
    publishing.keep_working_copy(make_post("note", body="Words"), {"body": reference("c2")})
    Page.objects.create(slug="about", title="About", body=reference("c3"))
    Tag.objects.create(name="Tides", slug="tides-2", description=f"<img src='/media/{path_of('c41', 'jpg')}'>")
    site = Site.load()
    site.footer, site.navigation = reference("c5"), f"Map /media/{path_of('c6')}"
    site.save()
    assert found(who, only="unused") == ["c7"]
    assert library.elsewhere(MediaFile.objects.get(digest="c3")) == ["About"]
    assert library.elsewhere(MediaFile.objects.get(digest="c7")) == []


def test_a_page_of_the_library_costs_the_same_however_much_there_is() -> None:
    who = user()
    client, costs = client_of(who), []
    for number in (10, 60):
        for one in range(number):
            make_image(f"{number}{one:02}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8
    assert len(page.context["shelf"].tiles) == library.PAGE_SIZE
    more = client.get(f"{PAGE}?{page.context['next_query']}")
    assert len(more.context["shelf"].tiles) == 70 - library.PAGE_SIZE
    assert b"Older ones" not in more.content


def test_a_contributor_sees_and_deletes_what_is_their_own() -> None:
    contributor, editor = user(Role.CONTRIBUTOR), user()
    own, shown, other = make_image("ab", added_by=contributor), make_image("cd", added_by=contributor), make_image("ef")
    make_post("note", body=reference("cd"), title="Public")
    hidden = make_post("note", body=reference("ab"), title="A secret", is_draft=True, published=None, author=editor)
    client = client_of(contributor)
    assert found(contributor) == ["cd", "ab"]
    assert client.get(f"{PAGE}{other.code}/").status_code == 404
    page = client.get(f"{PAGE}{own.code}/").content.decode()
    assert "A secret" not in page
    assert "a draft of somebody else" in page
    for media in (own, shown):  # an editor's draft and a public post show them
        assert client.post(f"{PAGE}{media.code}/delete/", {"sure": "1"}).status_code == 403
        assert client.post(f"{PAGE}{media.code}/", {"name": "x"}).status_code == 403
        assert client.post(f"{PAGE}{media.code}/replace/").status_code == 403
    publishing.delete(hidden)
    client.post(f"{PAGE}{own.code}/delete/", {"sure": "1"})
    assert found(editor) == ["ef", "cd"]


def test_deleting_asks_first_and_names_what_loses_it() -> None:
    media = make_image()
    post = make_post("note", title="Low water", body=reference(alt="A clock"))
    client = client_of(user())
    assert "Low water" in client.post(f"{PAGE}{media.code}/delete/").content.decode()
    assert MediaFile.objects.exists()
    client.post(f"{PAGE}{media.code}/delete/", {"sure": "1"})
    post.refresh_from_db()
    assert "<picture>" not in post.body_html
    assert 'alt="A clock"' in post.body_html
    assert not MediaFile.objects.exists()
    assert MediaUse.objects.get().media is None


def test_credit_and_name_are_changed_and_posts_follow() -> None:
    media = make_image()
    post = make_post("note", body=reference(title="A page"))
    client = client_of(user())
    client.post(f"{PAGE}{media.code}/", {"name": "Clock", "credit_url": "https://page.example/", "alt": "A clock"})
    post.refresh_from_db()
    assert '<a href="https://page.example/">A page</a></figcaption>' in post.body_html
    client.post(f"{PAGE}{media.code}/", {"credit_url": "javascript:x()"})
    media.refresh_from_db()
    assert media.credit_url == ""


@pytest.mark.django_db(transaction=True)
def test_what_was_replaced_may_come_again_and_older_posts_go_on_showing_what_replaced_it(
    home: Path, photo: Photo
) -> None:
    who = user()
    old = uploaded(photo(1), who, "secret.jpg")
    post = make_post("note", body=receiving.markdown_of(old))
    new = uploaded(photo(2), who, "cut.jpg")
    library.replace(old, new)
    again = uploaded(photo(1), who, "secret.jpg")
    assert receiving.main_of(again).path not in post.body
    publishing.rerender([post])
    post.refresh_from_db()
    assert receiving.main_of(new).path in post.body_html
    assert (home / "media" / receiving.main_of(again).path).exists()


@pytest.mark.django_db(transaction=True)
def test_another_file_takes_the_place_of_one_and_no_text_changes(home: Path, photo: Photo) -> None:
    who = user()
    old = uploaded(photo(1), who, "clock.jpg")
    before = receiving.main_of(old).path
    post = make_post("note", body=receiving.markdown_of(old), title="Low water")
    client = client_of(who)
    answer = client.post(f"{PAGE}{old.code}/replace/", {"file": SimpleUploadedFile("b.jpg", photo(2, (200, 150)))})
    new = MediaFile.objects.get()
    assert (answer.url, new.name) == (f"{PAGE}{new.code}/", "clock.jpg")
    body, after = post.body, receiving.main_of(new).path
    post.refresh_from_db()
    assert post.body == body
    assert f'src="/media/{after}"' in post.body_html
    assert 'width="200" height="150"' in post.body_html
    assert list(new.uses.values_list("src", flat=True)) == [f"/media/{before}"]
    assert not (home / "media" / before).exists()
    assert (home / "media" / after).exists()
    assert client.get(f"/media/{before}")["Location"] == f"/media/{after}"
    again = client.post(f"{PAGE}{new.code}/replace/", {"file": SimpleUploadedFile("b.jpg", photo(2, (200, 150)))})
    assert "the same file" in str([str(one) for one in get_messages(again.wsgi_request)])
    library.replace(new, uploaded(photo(3), who, "c.jpg"))
    assert Rendition.objects.filter(role=Rendition.Role.FORMER).count() == 2
    assert client.get(f"/media/{before}")["Location"] == f"/media/{receiving.main_of(MediaFile.objects.get()).path}"


def test_standing_pages_and_descriptions_follow_a_file_as_posts_do() -> None:
    media, other = make_image("ab"), make_image("cd")
    page = Page.objects.create(slug="about", title="About", body=reference())
    tag, updated = Tag.objects.create(name="Tides", slug="tides-2", description=reference()), page.updated
    library.replace(media, other)
    page.refresh_from_db()
    tag.refresh_from_db()
    for html in (page.body_html, tag.description_html):
        assert path_of("cd") in html
        assert path_of("ab1") not in html
    assert page.updated == updated
    library.delete(other)
    page.refresh_from_db()
    assert "srcset" not in page.body_html


def test_what_a_worker_wrote_meanwhile_stays() -> None:
    media = make_image(state="waiting", is_complete=False)
    MediaFile.objects.update(state="ready", is_complete=True)
    library.describe(media, alt="A clock")
    assert MediaFile.objects.values_list("state", "is_complete", "alt").get() == ("ready", True, "A clock")
    other = make_image("cd", is_complete=False)
    MediaFile.objects.update(is_complete=True)
    library.replace(media, other)
    assert MediaFile.objects.values_list("is_complete", "alt").get() == (True, "A clock")
    assert path_of("ab1") in Rendition.objects.filter(role=Rendition.Role.FORMER).values_list("path", flat=True)


@pytest.mark.django_db(transaction=True)
def test_a_contributor_changes_nothing_of_others_by_sending_the_same_bytes(home: Path, photo: Photo) -> None:
    contributor = user(Role.CONTRIBUTOR)
    theirs = uploaded(photo(1), user(), "clock.jpg")
    make_post("note", body=receiving.markdown_of(theirs))
    own = uploaded(photo(2), contributor, "mine.jpg")
    client = client_of(contributor)
    same = {"file": SimpleUploadedFile("b.jpg", photo(1))}
    assert client.post(f"{PAGE}{own.code}/replace/", same).status_code == 403
    same["file"].seek(0)
    answer = client.post(PAGE, same)
    assert client.get(answer.url).status_code == 200
    theirs.refresh_from_db()
    assert theirs.name == "clock.jpg"


def uploaded(content: bytes, who: User, name: str) -> MediaFile:
    media = receiving.receive(io.BytesIO(content), name=name, by=who)
    receiving.process(media)
    media.refresh_from_db()
    return media


@pytest.mark.django_db(transaction=True)
def test_the_form_works_without_a_script(home: Path, photo: Photo) -> None:
    client = client_of(user())
    one = client.post(PAGE, {"file": SimpleUploadedFile("a.jpg", photo(1))})
    assert one.url == f"{PAGE}{MediaFile.objects.get().code}/"
    files = [SimpleUploadedFile("b.jpg", photo(2)), SimpleUploadedFile("c.jpg", b"<html>")]
    page = client.post(PAGE, {"file": files}, follow=True).content.decode()
    assert "1 file is uploaded." in page
    assert "c.jpg" in page
    assert MediaFile.objects.filter(state=MediaFile.State.READY).count() == 2
    assert "Choose a file first." in client.post(PAGE, follow=True).content.decode()
