"""Files of the media folder, parts of them, and where an address leads whose file is not there."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from linklog.images.models import MediaFile, Rendition
from linklog.images.places import hashed_name

pytestmark = pytest.mark.django_db
Role = Rendition.Role
SHA = "ab" * 32
PATH = hashed_name(SHA, "image/jpeg")


def ask(client: Client, path: str, method: str = "get", **headers: str) -> Any:
    """The answer, its file closed."""
    response = getattr(client, method)(f"/media/{path}", headers=headers)
    response.close()
    return response


def test_media_are_served_as_files_that_nothing_runs(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "page.html").write_text("<script>x()</script>")
    (tmp_path / "sound.mp3").write_bytes(bytes(range(200)))
    response = client.get("/media/page.html")
    assert b"".join(response.streaming_content) == b"<script>x()</script>"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "max-age=86400" in response.headers["Cache-Control"]
    assert client.get("/media/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, bytes(range(4))),
        ("bytes=198-", 206, bytes([198, 199])),
        ("bytes=-2", 206, bytes([198, 199])),
        ("bytes=190-5000", 206, bytes(range(190, 200))),
        ("bytes=-5000", 206, bytes(range(200))),
        ("bytes=200-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=-", 200, bytes(range(200))),
        ("bytes=0-1,3-4", 200, bytes(range(200))),
        ("lines=1-2", 200, bytes(range(200))),
        ("bytes=" + "9" * 400 + "-", 200, bytes(range(200))),
        ("", 200, bytes(range(200))),
    ],
)
def test_players_may_ask_for_a_part_of_a_file(
    client: Client, settings: Any, tmp_path: Path, asked: str, status: int, content: bytes
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "sound.mp3").write_bytes(bytes(range(200)))
    response = client.get("/media/sound.mp3", headers={"Range": asked})
    assert response.status_code == status
    assert ("max-age" in response.headers.get("Cache-Control", "")) == (status != 416)
    assert (b"".join(response.streaming_content) if response.streaming else response.content) == content


@pytest.mark.parametrize(("state", "status"), [("Last-Modified", 206), ("Sat, 01 Jan 2000 00:00:00 GMT", 200)])
def test_a_part_of_another_state_of_a_file_is_not_sent(
    client: Client, settings: Any, tmp_path: Path, state: str, status: int
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "sound.mp3").write_bytes(bytes(200))
    known = ask(client, "sound.mp3").headers.get(state, state)
    assert ask(client, "sound.mp3", **{"Range": "bytes=0-3", "If-Range": known}).status_code == status


@pytest.mark.parametrize(
    ("name", "media_type", "is_download"),
    [
        ("page.html", "application/octet-stream", True),
        ("page.xhtml", "application/octet-stream", True),
        ("packed.svgz", "application/octet-stream", True),
        ("drawing.svg", "image/svg+xml", False),
        ("Photo.JPG", "image/jpeg", False),
        ("font.woff2", "font/woff2", False),
        ("words.vtt", "text/vtt", False),
        ("no-ending", "application/octet-stream", True),
    ],
)
def test_what_a_page_could_be_made_of_is_a_download(
    client: Client, settings: Any, tmp_path: Path, name: str, media_type: str, is_download: bool
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / name).write_bytes(b"<html>")
    response = ask(client, name)
    assert response.headers["Content-Type"] == media_type
    assert (response.headers.get("Content-Disposition") == "attachment") == is_download
    assert "Content-Encoding" not in response.headers


def test_what_has_its_hash_in_its_name_is_kept_for_ever_and_found_without_a_query(
    client: Client, settings: Any, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / PATH).parent.mkdir()
    (tmp_path / PATH).write_bytes(b"picture")
    with django_assert_num_queries(0):
        response = ask(client, PATH)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ask(client, PATH, "head").headers["Content-Length"] == "7"
    assert client.post(f"/media/{PATH}").status_code == 405


@pytest.mark.parametrize("name", [".0123456789abcdef", "ab/.0123456789abcdef", "../secret-key", "ab/../../secret-key"])
def test_what_is_not_finished_or_lies_elsewhere_is_not_served(
    client: Client, settings: Any, tmp_path: Path, name: str
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "ab").mkdir(parents=True)
    (tmp_path / "media" / name).write_bytes(b"half")
    assert client.get(f"/media/{name}").status_code == 404


def rendition(media: MediaFile, role: str, sha256: str, **over: Any) -> Rendition:
    facts = {"path": hashed_name(sha256, "image/jpeg"), "media_type": "image/jpeg", "bytes": 7, "sha256": sha256}
    return Rendition.objects.create(media=media, role=role, **(facts | over))


def test_the_address_of_a_replaced_file_leads_to_what_replaced_it(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    media = MediaFile.objects.create(digest="1" * 64, state=MediaFile.State.READY)
    rendition(media, Role.FORMER, SHA)
    new = rendition(media, Role.MAIN, "cd" * 32)
    response = client.get(f"/media/{PATH}")
    assert (response.status_code, response.headers["Location"]) == (302, f"/media/{new.path}")
    assert "max-age=300" in response.headers["Cache-Control"]
    assert client.get(f"/media/{new.path}").status_code == 404  # whose file is lost


def test_what_a_bucket_has_is_got_from_there(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.LINKLOG_MEDIA, settings.LINKLOG_MEDIA_URL = "s3://pictures", "https://media.example.org"
    media = MediaFile.objects.create(digest="1" * 64, state=MediaFile.State.READY)
    rendition(media, Role.MAIN, SHA, is_remote=True)
    response = client.get(f"/media/{PATH}")
    assert (response.status_code, response.headers["Location"]) == (302, f"https://media.example.org/{PATH}")
    assert client.get(f"/media/{hashed_name('ef' * 32, 'image/jpeg')}").status_code == 404  # which was never made
    by_hand = client.get("/media/2025/a clock.jpg")
    assert by_hand.headers["Location"] == "https://media.example.org/2025/a%20clock.jpg"
