"""The editor's pages: what an author asks for is done or refused in words, and nothing typed is lost."""

import datetime as dt

import pytest
from django.test import Client

from linklog.accounts.models import Role, User
from linklog.capture.models import Capture
from linklog.posts.models import KINDS, Post, Series, WorkingCopy
from linklog.posts.models.post import new_code
from linklog.write import fields as editor_fields
from linklog.write import saving
from tests.builders import make_archive, make_post

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("mira", "", "low-water-at-six", name="Mira")


@pytest.fixture
def contributor() -> User:
    return User.objects.create_user("nils", "", "low-water-at-six", role=Role.CONTRIBUTOR)


@pytest.fixture
def author(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def typed(**over: str) -> dict[str, str]:
    return {**editor_fields.known({"kind": "blogmark", **over}), "token": over.get("token", saving.NEW)}


def form_of(post: Post, **over: str) -> dict[str, str]:
    """What the editor of `post` sends when nothing but `over` was changed."""
    found = saving.find(post.code)
    assert found is not None
    state = saving.state_of(found)
    return {**state.fields, "token": state.token, **over}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_an_editor_with_every_field(author: Client, kind: str) -> None:
    response = author.get(f"/write/new/{kind}/")
    assert response.status_code == 200
    page = response.content.decode()
    for name in editor_fields.NAMES:
        assert f'name="{name}"' in page, name
    assert author.get(f"/write/new/{kind}/", {"code": "<script>"}).status_code == 200


def test_there_is_no_editor_of_an_unknown_kind_or_post(author: Client) -> None:
    for path in ("/write/new/poem/", f"/write/post/{new_code()}/", "/write/post/abc/history/"):
        assert author.get(path).status_code == 404, path


def test_nobody_who_is_not_signed_in_sees_any_of_it(client: Client) -> None:
    post = make_post(is_draft=True)
    paths = [f"/write/post/{post.code}/{part}" for part in ("", "save/", "preview/", "history/", "delete/")]
    for path in [*paths, "/write/new/note/", "/write/capture/", "/write/session/"]:
        assert client.get(path).headers["Location"].startswith("/account/login/"), path
        assert client.post(path).status_code == 401
        assert client.get(path, headers=JSON).status_code == 401


def test_a_post_is_published_and_its_address_told(author: Client, owner: User) -> None:
    code = new_code()
    sent = typed(title="Tide clocks", link_url="https://clocks.example/", body="Brass.", tag_names="tides, clocks")
    response = author.post(f"/write/post/{code}/", {**sent, "action": "publish"}, follow=True)
    post = Post.objects.get(code=code)
    assert post.is_public
    assert post.author == owner
    assert [tag.name for tag in post.tag_list] == ["tides", "clocks"]
    assert f'href="{post.get_absolute_url()}"' in response.content.decode()
    assert author.get(post.get_absolute_url()).status_code == 200


def test_publish_and_write_another_opens_an_empty_editor_of_the_same_kind(author: Client) -> None:
    response = author.post(
        f"/write/post/{new_code()}/", {**typed(kind="note", body="Low."), "action": "publish-and-new"}
    )
    assert response.headers["Location"] == "/write/new/note/"


def test_a_time_to_come_schedules_a_post_in_the_zone_of_the_site(author: Client, settings) -> None:
    settings.TIME_ZONE = "Europe/Stockholm"
    code = new_code()
    author.post(
        f"/write/post/{code}/", {**typed(kind="note", body="Soon.", published="2030-07-01T12:00"), "action": "publish"}
    )
    post = Post.objects.get(code=code)
    assert post.is_scheduled
    assert post.published == dt.datetime(2030, 7, 1, 10, 0, tzinfo=dt.UTC)


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_comes_back(author: Client) -> None:
    sent = typed(body="Words I'd miss & <b>more</b>", link_url="clocks", published="soon")
    response = author.post(f"/write/post/{new_code()}/", {**sent, "action": "publish"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Words I&#x27;d miss &amp; &lt;b&gt;more&lt;/b&gt;" in page
    assert 'value="clocks"' in page
    assert 'value="soon"' in page
    assert page.count('class="error"') == 2
    assert '<details class="more-fields" open>' in page  # the date's field is among the folded ones
    assert not Post.objects.exists()


def test_a_title_that_no_page_could_show_is_kept_as_a_draft_and_not_published(author: Client) -> None:
    code, title = new_code(), "x" * 1001
    token = author.post(f"/write/post/{code}/save/", typed(kind="entry", title=title), headers=JSON).json()["token"]
    fields = typed(kind="entry", title=title, token=token)
    assert author.post(f"/write/post/{code}/", {**fields, "action": "publish"}).status_code == 422
    assert Post.objects.get().title == title
    assert Post.objects.get().is_draft


def test_a_text_with_an_upload_under_way_is_kept_and_not_published(author: Client) -> None:
    sent = typed(kind="note", body="One ![Uploading pier.jpg …](uploading:a1) two")
    assert author.post(f"/write/post/{new_code()}/", {**sent, "action": "publish"}).status_code == 422
    assert author.post(f"/write/post/{new_code()}/", {**sent, "action": "save"}).status_code == 302
    assert Post.objects.get().is_draft


def test_an_hour_that_the_clock_skips_is_refused_and_one_that_it_repeats_stays(author: Client, settings) -> None:
    settings.TIME_ZONE = "Europe/Stockholm"
    post = make_post(
        "note", published=dt.datetime(2024, 10, 27, 1, 30, 20, tzinfo=dt.UTC)
    )  # the second 02:30 of that night
    author.post(f"/write/post/{post.code}/", {**form_of(post, body="Changed."), "action": "save"})
    post.refresh_from_db()
    assert (post.body, post.published) == ("Changed.", dt.datetime(2024, 10, 27, 1, 30, 20, tzinfo=dt.UTC))
    sent = {**form_of(post, published="2024-03-31T02:30"), "action": "save"}
    assert author.post(f"/write/post/{post.code}/", sent).status_code == 422


@pytest.mark.parametrize("action", ["publish", "save"])
def test_a_button_pressed_twice_does_once_what_it_does(author: Client, action: str) -> None:
    url, sent = f"/write/post/{new_code()}/", {**typed(kind="note", body="Once."), "action": action}
    first, second = author.post(url, sent), author.post(url, sent)
    assert (second.status_code, second.url) == (302, first.url)
    post = Post.objects.get()
    assert (post.revision, post.is_public) == (1, action == "publish")
    assert author.post(url, {**sent, "body": "Twice."}).status_code == 409


def test_a_window_that_lags_behind_gets_both_texts_and_may_save_its_own(author: Client, owner: User) -> None:
    post = make_post("note", body="One.")
    lagging = form_of(post, body="One and mine.")
    author.post(f"/write/post/{post.code}/", {**form_of(post, body="One & theirs."), "action": "save"})
    response = author.post(f"/write/post/{post.code}/", {**lagging, "action": "save"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "<ins>mine</ins>" in page
    assert "<del>&amp;</del>" in page
    assert "One and mine.</textarea>" in page
    post.refresh_from_db()
    assert post.body == "One & theirs."
    author.post(f"/write/post/{post.code}/", {**lagging, "token": response.context["state"].token, "action": "save"})
    post.refresh_from_db()
    assert post.body == "One and mine."


def test_a_public_post_is_updated_taken_back_and_deleted_after_a_question(author: Client) -> None:
    post = make_post("note", body="One.")
    path = f"/write/post/{post.code}/"
    author.post(path, {**form_of(post, body="Two."), "action": "save"})
    assert Post.objects.get().body == "Two."
    author.post(path, {**form_of(post), "action": "unpublish"})
    assert Post.objects.get().is_draft
    assert author.post(path, {**form_of(post), "action": "delete"}).headers["Location"] == f"{path}delete/"
    page = author.get(f"{path}delete/")
    assert Post.objects.exists()
    assert author.post(f"{path}delete/", {"token": "0"}).headers["Location"] == f"{path}delete/"
    assert Post.objects.exists()
    author.post(f"{path}delete/", {"token": page.context["token"]})
    assert not Post.objects.exists()


def test_changes_kept_over_a_public_post_are_shown_and_can_be_dropped(author: Client, owner: User) -> None:
    post = make_post("note", body="One.")
    sent = form_of(post, body="Two.")
    answer = author.post(f"/write/post/{post.code}/save/", sent, headers=JSON).json()
    assert (answer["state"], answer["has_working_copy"]) == ("public", True)
    assert "Two.</textarea>" in author.get(f"/write/post/{post.code}/").content.decode()
    author.post(f"/write/post/{post.code}/", {**sent, "token": answer["token"], "action": "discard"})
    assert not WorkingCopy.objects.exists()
    assert "One.</textarea>" in author.get(f"/write/post/{post.code}/").content.decode()


def test_a_contributor_writes_but_does_not_publish(client: Client, contributor: User) -> None:
    client.force_login(contributor)
    code = new_code()
    for action in ("publish", "publish-and-new", "unpublish"):
        response = client.post(f"/write/post/{code}/", {**typed(kind="note", body="Mine."), "action": action})
        assert response.status_code == 403
        assert "An editor publishes" in response.content.decode()
    assert not Post.objects.exists()
    response = client.post(f"/write/post/{code}/", {**typed(kind="note", body="Mine."), "action": "save"}, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Send for review" in page
    assert "An editor can publish it now." in page
    assert 'value="publish"' not in page
    assert 'name="author"' not in page


def test_the_posts_of_others_are_not_there_for_a_contributor(client: Client, contributor: User, owner: User) -> None:
    client.force_login(contributor)
    for post in (
        make_post("note", is_draft=True, author=owner),
        make_post("note"),
        make_post("note", author=contributor),
    ):
        for part in ("", "history/", "delete/"):
            assert client.get(f"/write/post/{post.code}/{part}").status_code == 404
        assert client.post(f"/write/post/{post.code}/preview/", form_of(post)).status_code == 404
        response = client.post(f"/write/post/{post.code}/save/", form_of(post, body="Theirs."), headers=JSON)
        assert (response.status_code, "problem" in response.json()) == (403, True)
        assert (
            client.post(f"/write/post/{post.code}/", {**form_of(post, body="X"), "action": "save"}).status_code == 403
        )
        assert client.post(f"/write/post/{post.code}/delete/", {"token": "1"}).status_code == 404
    assert not Post.objects.exclude(body="Low water at six.").exists()


def test_an_editor_names_another_author(author: Client, contributor: User, owner: User) -> None:
    post = make_post("note", author=owner)
    author.post(f"/write/post/{post.code}/", {**form_of(post), "author": str(contributor.pk), "action": "save"})
    assert Post.objects.get().author == contributor


def test_a_captured_page_fills_the_form_and_leaves_the_inbox_once_it_is_written_of(author: Client, owner: User) -> None:
    item = Capture.objects.create(
        by=owner, url="https://clocks.example/a", title="Clocks", selection="Brass\nhands", is_kept=True
    )
    response = author.get("/write/capture/", {"item": str(item.pk)})
    state = response.context["state"]
    assert state.fields["link_url"] == "https://clocks.example/a"
    assert state.fields["title"] == "Clocks"
    assert state.fields["body"] == "> Brass\n> hands\n"
    assert not Post.objects.exists()
    sent = {**state.fields, "token": "0", "capture": str(item.pk)}
    author.post(f"/write/post/{response.context['code']}/save/", sent, headers=JSON)
    item.refresh_from_db()
    assert item.code == response.context["code"]
    again = author.get(f"/write/post/{item.code}/")
    assert again.context["capture"] == item
    assert again.context["given"]["url"] == item.url


def test_a_selection_becomes_the_quotation_that_was_asked_for(author: Client) -> None:
    given = {
        "url": "https://clocks.example/a",
        "text": "Brass hands",
        "via": "https://friend.example/x",
        "kind": "quotation",
    }
    state = author.get("/write/capture/", given).context["state"]
    assert (state.fields["kind"], state.fields["body"]) == ("quotation", "Brass hands")
    assert state.fields["via_url"] == "https://friend.example/x"


def test_the_inbox_of_another_is_not_read(author: Client, contributor: User) -> None:
    item = Capture.objects.create(by=contributor, url="https://secret.example/", is_kept=True)
    assert "secret.example" not in author.get("/write/capture/", {"item": str(item.pk)}).content.decode()
    author.post(f"/write/post/{new_code()}/save/", {**typed(body="x"), "capture": str(item.pk)})
    item.refresh_from_db()
    assert item.code == ""


def test_an_editor_that_was_loaded_again_keeps_the_code_of_its_post(author: Client) -> None:
    code = new_code()
    assert author.get("/write/new/note/", {"code": code}).context["code"] == code
    author.post(f"/write/post/{code}/save/", typed(kind="note", body="x"))
    assert author.get("/write/new/note/", {"code": code}).headers["Location"] == f"/write/post/{code}/"


def test_history_shows_what_each_revision_changed_and_leads_back(author: Client) -> None:
    post = make_post("note", body="One <b>word</b>.")
    author.post(f"/write/post/{post.code}/", {**form_of(post, body="Two <b>words</b>."), "action": "save"})
    page = author.get(f"/write/post/{post.code}/history/").content.decode()
    assert "<del>One</del><ins>Two</ins>" in page
    assert "&lt;b&gt;" in page or "&lt;" in page
    assert "<b>word" not in page
    response = author.get(f"/write/post/{post.code}/", {"revision": "1"})
    assert response.context["state"].fields["body"] == "One <b>word</b>."
    assert "data-unsaved" in response.content.decode()
    assert Post.objects.get().body == "Two <b>words</b>."
    for number in ("9", "x", "9" * 400, "-1"):
        assert author.get(f"/write/post/{post.code}/history/", {"revision": number}).status_code == 404
        assert author.get(f"/write/post/{post.code}/", {"revision": number}).status_code == 404


def test_the_editor_costs_the_same_few_queries_whatever_the_archive(
    author: Client, django_assert_max_num_queries
) -> None:
    posts = make_archive(12, Series.objects.create(name="Tides"))
    for path in (
        "/write/new/blogmark/",
        f"/write/post/{posts[3].code}/",
        "/write/capture/?url=https://clocks.example/",
    ):
        with django_assert_max_num_queries(14):
            assert author.get(path).status_code == 200


@pytest.mark.parametrize(
    "text", ["\x00", "￾", "</textarea><script>__x()</script>", "{{7*7}}", "9" * 5000, "²", "\u202e"]
)
def test_hostile_texts_are_kept_as_text_in_every_field(author: Client, text: str) -> None:
    code = new_code()
    hostile = dict.fromkeys(editor_fields.NAMES, text)
    for kind in ("blogmark", text):
        answer = author.post(f"/write/post/{code}/save/", {**hostile, "kind": kind, "token": "0"}, headers=JSON)
        assert answer.status_code in (200, 409), answer.content
    page = author.get(f"/write/post/{code}/")
    assert page.status_code == 200
    assert "<script>__x" not in page.content.decode()
    assert author.post(f"/write/post/{code}/preview/", {**hostile, "kind": "quotation"}).status_code == 200
    response = author.post(f"/write/post/{code}/", {**hostile, "kind": "entry", "token": text, "action": "publish"})
    assert response.status_code in (409, 422)
    assert "<script>__x" not in response.content.decode()


def test_too_much_is_refused_with_a_sentence_before_anything_is_saved(author: Client) -> None:
    code = new_code()
    labels = ",".join(f"tag{number}" for number in range(101))
    for over in ({"body": "x" * 1_000_001}, {"tag_names": labels}):
        response = author.post(f"/write/post/{code}/save/", typed(**over), headers=JSON)
        assert (response.status_code, "problem" in response.json()) == (413, True)
        assert author.post(f"/write/post/{code}/preview/", typed(**over)).status_code == 413
        assert author.post(f"/write/post/{code}/", {**typed(**over), "action": "save"}).status_code == 422
    response = author.post(f"/write/post/{code}/save/", typed(body="x" * 3_000_000), headers=JSON)
    assert (response.status_code, "problem" in response.json()) == (413, True)
    assert author.post(f"/write/post/{code}/", typed(body="x" * 3_000_000)).status_code == 413
    assert not Post.objects.exists()


@pytest.mark.parametrize("code", ["admin", "a", "0" * 8, "KFEVCD2C", "x" * 300])
def test_only_codes_that_an_editor_was_given_become_posts(author: Client, code: str) -> None:
    assert author.post(f"/write/post/{code}/save/", typed(body="x"), headers=JSON).status_code == 403
    assert author.post(f"/write/post/{code}/", {**typed(body="x"), "action": "save"}).status_code == 403
    assert not Post.objects.exists()


def test_the_session_tells_the_token_of_forms(author: Client) -> None:
    assert author.get("/write/session/", headers=JSON).json()["csrf"]


def test_of_what_is_no_address_of_a_page_that_is_said(author: Client) -> None:
    said = "That is not the address of a web page."
    assert said in author.get("/write/capture/", {"url": "javascript:alert(1)"}).content.decode()
    assert said not in author.get("/write/capture/", {"url": "https://clocks.example/"}).content.decode()
    assert said not in author.get("/write/capture/", {"text": "Words alone."}).content.decode()
