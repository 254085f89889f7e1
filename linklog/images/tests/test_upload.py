"""Uploads by the editor and by programs: who may, what each is answered, and that the server's threads stay free."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linklog.accounts import tokens
from linklog.accounts.models import Role, User
from linklog.core import uploads
from linklog.images import incoming, receiving
from linklog.images.models import MediaFile
from linklog.images.tests.conftest import Photo
from linklog.tasks.models import Job

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def author(client: Client) -> User:
    user = User.objects.create_user("noor", role=Role.CONTRIBUTOR)
    client.force_login(user)
    return user


@pytest.fixture
def token() -> str:
    return tokens.make(User.objects.create_superuser("ada"), "Phone", ["images"])


def send(
    client: Client, data: bytes | None, path: str = "/write/images/upload/", **fields: Any
) -> tuple[int, dict[str, Any]]:
    """The status of an upload from the editor, and what was answered."""
    headers = fields.pop("headers", JSON)
    file = {} if data is None else {"file": SimpleUploadedFile("tide clock.jpg", data)}
    response = client.post(path, file | fields, headers=headers)
    return response.status_code, response.json()


def test_a_contributor_may_upload_and_gets_the_reference_at_once(
    home: Path, photo: Photo, client: Client, author: User
) -> None:
    fields = {"alt": "A clock", "credit_url": "https://clocks.example/", "credit_title": "Clocks", "name": "Clock"}
    status, document = send(client, photo(size=(200, 150)), **fields)
    media = MediaFile.objects.get()
    main = receiving.main_of(media)
    assert status == 201
    assert document == {
        "code": media.code,
        "state": "ready",
        "kind": "image",
        "problem": "",
        "markdown": f'![A clock](/media/{main.path} "Clocks")',
        "url": f"http://localhost:8000/media/{main.path}",
        "width": 200,
        "height": 150,
        "bytes": main.bytes,
        "is_complete": False,
    }
    assert (media.added_by, media.name, media.credit_url) == (author, "Clock", "https://clocks.example/")
    assert Job.objects.get().task_path == "linklog.images.jobs.finish"


def test_while_another_is_made_the_answer_does_not_wait(home: Path, photo: Photo, client: Client, author: User) -> None:
    with incoming.slot() as is_free:
        assert is_free
        status, document = send(client, photo())
    assert (status, document["state"], document["markdown"]) == (202, "waiting", "")
    assert Job.objects.get().task_path == "linklog.images.jobs.make"


def test_what_is_here_already_is_answered_without_making_it_again(
    home: Path, photo: Photo, client: Client, author: User
) -> None:
    _status, first = send(client, photo())
    status, second = send(client, photo())
    assert (status, second["code"], second["url"]) == (200, first["code"], first["url"])


def test_what_cannot_be_shown_is_said_in_a_sentence(home: Path, client: Client, author: User) -> None:
    status, document = send(client, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert (status, document["state"], document["markdown"]) == (422, "failed", "")
    assert document["problem"] == "This is an SVG drawing, which can hold scripts. Save it as PNG."
    assert not Job.objects.exists()


def test_a_link_that_runs_something_is_no_credit(home: Path, photo: Photo, client: Client, author: User) -> None:
    send(client, photo(), credit_url="javascript:alert(1)")
    assert MediaFile.objects.get().credit_url == ""


def test_a_form_without_a_file_is_refused(home: Path, client: Client, author: User) -> None:
    status, document = send(client, None, alt="A clock")
    assert (status, "multipart/form-data" in document["problem"]) == (400, True)
    response = client.post("/write/images/upload/", b"x", content_type="image/jpeg", headers=JSON)
    assert response.status_code == 400


class Untouched(io.BytesIO):
    """A body of which no byte may be read."""

    def read(self, *size: Any) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize(("size", "status"), [(200_000_001, 413), (10**15, 413)])
def test_what_is_too_large_is_refused_before_a_byte_is_read(
    home: Path, client: Client, author: User, size: int, status: int
) -> None:
    response = client.post(
        "/write/images/upload/", CONTENT_LENGTH=str(size), headers=JSON, **{"wsgi.input": Untouched()}
    )
    assert (response.status_code, "too large" in response.json()["problem"]) == (status, True)


def test_a_full_disk_is_said_before_a_byte_is_read(
    home: Path, client: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "has_room", lambda size: False)
    response = client.post("/write/images/upload/", CONTENT_LENGTH="1000", headers=JSON, **{"wsgi.input": Untouched()})
    assert (response.status_code, "Make room" in response.json()["problem"]) == (507, True)


@pytest.mark.parametrize("path", ["/account/login/", "/write/", "/"])
def test_no_form_of_anybody_fills_the_disk(
    home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(uploads, "has_room", lambda size: False)
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32  # which is enough to have the form read
    response = client.post(path, {"file": SimpleUploadedFile("x.jpg", photo())})
    assert response.status_code == 413
    assert not list((home / "incoming").iterdir())


def test_strangers_and_forged_forms_are_refused(home: Path, photo: Photo) -> None:
    assert send(Client(), photo())[0] == 401
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("ada"))
    assert client.post("/write/images/upload/", {"file": SimpleUploadedFile("x.jpg", photo())}).status_code == 403
    assert not MediaFile.objects.exists()


def test_a_forged_form_is_known_by_the_token_in_its_header(home: Path, photo: Photo) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("ada"))
    client.get("/write/")
    value = client.cookies["csrftoken"].value
    assert send(client, photo(), headers={**JSON, "X-CSRFToken": value})[0] == 201


def test_asking_for_the_state_costs_two_queries_besides_signing_in(
    home: Path, photo: Photo, client: Client, author: User, django_assert_max_num_queries: Any
) -> None:
    _status, document = send(client, photo())
    with django_assert_max_num_queries(4) as queries:
        response = client.get(f"/write/images/{document['code']}/state/", headers=JSON)
    assert isinstance(queries, CaptureQueriesContext)
    assert response.json() == document
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get("/write/images/nothing/state/", headers=JSON).status_code == 404


def test_a_program_uploads_by_a_token_made_for_it(home: Path, photo: Photo, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    status, document = send(Client(enforce_csrf_checks=True), photo(), "/api/images", headers=bearer)
    assert status == 201
    answer = Client().get(f"/api/images/{document['code']}", headers=bearer)
    assert (answer.status_code, answer.json()) == (200, document)
    assert MediaFile.objects.get().added_by == User.objects.get(username="ada")


def test_a_token_for_something_else_opens_nothing(home: Path, photo: Photo) -> None:
    other = tokens.make(User.objects.create_superuser("ada"), "Links", ["inbox", "draft"])
    for bearer, status in ((f"Bearer {other}", 403), ("Bearer linklog_none", 401), ("", 401)):
        headers = {"Authorization": bearer} if bearer else {}
        answer = Client().post("/api/images", {"file": SimpleUploadedFile("x.jpg", photo())}, headers=headers)
        assert (answer.status_code, Client().get("/api/images/x", headers=headers).status_code) == (status, status)
        assert answer.has_header("WWW-Authenticate") is (status == 401)
    assert not MediaFile.objects.exists()


def test_the_addresses_know_one_method_each(home: Path, client: Client, author: User) -> None:
    assert client.get("/write/images/upload/").status_code == 405
    assert client.post("/write/images/x/state/").status_code == 405
    assert client.get("/api/images").status_code == 405
    assert client.post("/api/images/x").status_code == 405
