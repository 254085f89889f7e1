"""A film's poster and captions: put there by forms on its page, shown by every post that shows the film."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linklog import publishing
from linklog.accounts.models import Role, User
from linklog.core.tests.test_clips import make_clip
from linklog.images import receiving, storing
from linklog.images.models import MediaFile, Rendition
from linklog.posts.models import Post
from tests.builders import make_post

pytestmark = pytest.mark.django_db
WORDS = b"1\n00:00:00,100 --> 00:00:00,900\nThe <b>tide</b> turns\n"


@pytest.fixture
def author(client: Client) -> Client:
    client.force_login(User.objects.create_user("ada", role=Role.OWNER))
    return client


@pytest.fixture
def film(author: Client, tmp_path: Any, settings: Any) -> MediaFile:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = make_clip(tmp_path / "film", "webm", "libvpx", "libopus")
    media = receiving.receive(io.BytesIO(made.read_bytes()), name="tide.webm", by=User.objects.get())
    receiving.process(media)
    return media


def picture(colour: str = "navy", **options: Any) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(content, "PNG", **options)
    return SimpleUploadedFile("poster.png", content.getvalue())


def send(client: Client, media: MediaFile, what: str, **fields: Any) -> str:
    answer = client.post(f"/write/images/{media.code}/{what}/", fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def body_of(post: Post) -> str:
    return Post.objects.get(pk=post.pk).body_html


def test_posts_show_the_poster_and_the_captions_of_a_film(author: Client, film: MediaFile) -> None:
    post = make_post("note", body=receiving.markdown_of(film))
    publishing.rerender([post])
    send(author, film, "poster", file=picture())
    send(author, film, "captions", file=SimpleUploadedFile("t.srt", WORDS), language="en")
    poster, captions = (film.renditions.get(role=role) for role in (Rendition.Role.POSTER, Rendition.Role.CAPTIONS))
    assert f'poster="{storing.url_of(poster)}"' in body_of(post)
    assert "<track" in body_of(post)
    assert captions.path in body_of(post)
    assert (poster.width, poster.height) == (640, 480)
    answer = author.get(storing.url_of(captions))
    assert answer["Content-Type"].startswith("text/vtt")
    assert b"".join(answer).endswith(b"The tide turns\n")


def test_a_new_one_takes_the_place_of_the_old_one_whose_bytes_go(
    author: Client, film: MediaFile, django_capture_on_commit_callbacks: Any
) -> None:
    send(author, film, "poster", file=picture())
    before = storing.folder_path(film.renditions.get(role=Rendition.Role.POSTER).path)
    assert before.exists()
    with django_capture_on_commit_callbacks(execute=True):
        send(author, film, "poster", file=picture("red"))
    assert film.renditions.filter(role=Rendition.Role.POSTER).count() == 1
    assert not before.exists()
    swedish = "1\n00:00:01,000 --> 00:00:02,000\nÅ\n".encode("cp1252")
    for words, language in ((WORDS, "en"), (WORDS.replace(b"turns", b"falls"), "en"), (swedish, "sv")):
        send(author, film, "captions", file=SimpleUploadedFile("t.srt", words), language=language)
    captions = film.renditions.filter(role=Rendition.Role.CAPTIONS).order_by("language")
    assert [one.language for one in captions] == ["en", "sv"]
    assert "Å" in storing.folder_path(captions[1].path).read_text()


def test_both_can_be_removed(author: Client, film: MediaFile) -> None:
    send(author, film, "poster", file=picture())
    send(author, film, "captions", file=SimpleUploadedFile("t.srt", WORDS), language="en")
    send(author, film, "poster", remove="1")
    send(author, film, "captions", remove="en")
    assert [one.role for one in film.renditions.all()] == [Rendition.Role.MAIN]


@pytest.mark.parametrize(
    ("what", "content", "fields", "sentence"),
    [
        ("poster", b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "SVG"),
        ("poster", b"GIF89a", {}, "."),
        ("captions", b"<html>", {"language": "en"}, "No captions"),
        ("captions", WORDS, {"language": "en<b>"}, "short code"),
        ("captions", WORDS, {"language": ""}, "short code"),
        ("captions", b"WEBVTT\n" + b"x" * 2_000_001, {"language": "en"}, "too long"),
    ],
)
def test_what_is_no_poster_and_no_captions_is_refused_on_the_page(
    what: str, content: bytes, fields: dict[str, str], sentence: str, author: Client, film: MediaFile
) -> None:
    page = send(author, film, what, file=SimpleUploadedFile("x", content), **fields)
    assert sentence in page
    assert film.renditions.count() == 1


def test_a_form_without_a_file_says_so(author: Client, film: MediaFile) -> None:
    assert "Choose a file first." in send(author, film, "poster")


def test_an_image_has_neither(author: Client) -> None:
    media = MediaFile.objects.create(digest="x", added_by=User.objects.get(), state=MediaFile.State.READY)
    MediaFile.objects.filter(pk=media.pk).update(state=MediaFile.State.FAILED)
    assert "Only a film" in send(author, media, "poster", file=picture())
