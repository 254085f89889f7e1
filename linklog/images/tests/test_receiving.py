"""From an upload to its renditions: durable before it is acknowledged, made by one process at a time, and here once."""

import datetime as dt
import errno
import io
import os
import shutil
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from django.utils import timezone

from linklog.core import markdown, uploads, vendor_sql
from linklog.core.refusal import Refused
from linklog.images import incoming, jobs, library, receiving, storing
from linklog.images.models import MediaFile, Rendition
from linklog.images.tests.conftest import Photo
from linklog.tasks.models import Job
from tests.builders import make_post

pytestmark = pytest.mark.django_db
State = MediaFile.State


def received(data: bytes, **texts: Any) -> MediaFile:
    return receiving.receive(io.BytesIO(data), **{"name": "photo.jpg", "by": None, **texts})


def kept(home: Path) -> set[str]:
    return {path.name for path in (home / "incoming").iterdir()}


def run_jobs() -> int:
    """Run what is ready, as a worker does; how many jobs that were."""
    count = 0
    while (job := Job.objects.ready().first()) is not None:
        job.claim("test")
        job.run()
        job.refresh_from_db()
        assert job.status == "SUCCESSFUL", job.traceback
        count += 1
    return count


def test_what_is_acknowledged_is_on_the_disk_for_nobody_else_to_read(home: Path, photo: Photo) -> None:
    media = received(photo())
    path = home / "incoming" / media.digest
    assert media.digest == sha256(photo()).hexdigest() == sha256(path.read_bytes()).hexdigest()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert (media.state, media.kind, media.is_complete) == (State.WAITING, "image", False)


def test_it_is_on_the_disk_before_its_row_is(home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, save = os.fsync, MediaFile.save
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(MediaFile, "save", lambda *args, **kwargs: (steps.append("save"), save(*args, **kwargs))[1])
    received(photo())
    assert steps == ["fsync", "fsync", "save"]  # the file, its folder, the row


def test_a_large_upload_is_not_copied_once_more(home: Path, photo: Photo) -> None:
    file = TemporaryUploadedFile("photo.jpg", "image/jpeg", 0, "")
    file.write(photo())
    file.flush()
    number = Path(file.temporary_file_path()).stat().st_ino
    media = receiving.receive(file, name="", by=None)
    file.close()
    assert (home / "incoming" / media.digest).stat().st_ino == number


def test_from_waiting_to_ready_to_complete(home: Path, photo: Photo) -> None:
    media = received(photo(size=(1000, 700)), alt="A clock")
    assert receiving.markdown_of(media) == ""
    receiving.process(media)
    main = media.renditions.get()
    assert (media.state, main.role, main.width, main.height) == (State.READY, "main", 1000, 700)
    assert receiving.markdown_of(media) == f"![A clock](/media/{main.path})"
    assert sha256((home / "media" / main.path).read_bytes()).hexdigest() == main.sha256
    jobs.complete(media)
    assert media.is_complete
    assert {one.width for one in media.renditions.filter(role="variant")} >= {480, 800}
    assert kept(home) == set()


def test_work_that_is_done_is_not_done_again(home: Path, photo: Photo) -> None:
    media = received(photo(size=(600, 500)))
    for _round in range(2):
        receiving.process(media)
        jobs.complete(media)
    paths = [one.path for one in Rendition.objects.all()]
    assert len(paths) == len(set(paths)) > 1


def test_what_cannot_be_shown_says_why_and_may_be_sent_again(home: Path) -> None:
    media = received(b"<!doctype html><p>clock", name="clock.jpg")
    receiving.process(media)
    assert (media.state, media.problem) == (State.FAILED, "This is a web page, not an image. Save the image itself.")
    again = received(b"<!doctype html><p>clock", name="clock.jpg")
    assert (again.pk, again.state, again.problem) == (media.pk, State.WAITING, "")


def test_the_same_bytes_are_here_once_with_the_texts_of_who_asks(home: Path, photo: Photo) -> None:
    media = received(photo(), alt="A clock")
    receiving.process(media)
    jobs.complete(media)
    again = received(photo(), name="other.jpg", alt="Another\nclock")
    assert again.pk == media.pk
    assert receiving.markdown_of(again).startswith("![Another clock](/media/")
    assert MediaFile.objects.get().alt == "A clock"
    assert kept(home) == set()


def test_what_was_sent_once_more_for_its_original_gets_it_and_nothing_is_made_twice(
    home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = received(photo(size=(700, 500)))
    receiving.process(media)
    jobs.complete(media)
    before = set(media.renditions.values_list("pk", flat=True))
    again = received(photo(size=(700, 500)), keeps_original=True)
    assert (again.pk, again.state, again.is_complete) == (media.pk, State.READY, False)
    monkeypatch.setattr(receiving.pictures, "make_variants", None)
    jobs.complete(again)
    assert again.is_complete
    assert again.renditions.exclude(pk__in=before).get().role == "original"
    assert kept(home) == set()


def test_an_original_that_is_wanted_while_the_others_are_made_is_made_after_them(
    home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    media, make_variants = received(photo(size=(700, 500))), receiving.pictures.make_variants
    receiving.process(media)

    def sent_again(*args: Any) -> Any:
        received(photo(size=(700, 500)), keeps_original=True)
        return make_variants(*args)

    monkeypatch.setattr(receiving.pictures, "make_variants", sent_again)
    jobs.complete(media)
    assert not media.is_complete
    assert kept(home) == {media.digest}
    jobs.complete(media)
    assert media.is_complete
    assert media.renditions.filter(role="original").exists()


def test_an_upload_is_complete_in_one_transaction_with_the_posts_that_show_it(
    home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = received(photo(size=(1000, 700)))
    receiving.process(media)
    post = make_post("note", body=receiving.markdown_of(media))

    def killed(posts: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("linklog.publishing.media.rerender", killed)
        with pytest.raises(SystemExit):
            jobs.complete(media)
    assert MediaFile.objects.unfinished().get() == media
    assert kept(home) == {media.digest}
    jobs.complete(media)
    post.refresh_from_db()
    assert "srcset=" in post.body_html


def test_posts_show_an_image_again_that_was_deleted_and_came_again(home: Path, photo: Photo) -> None:
    media = received(photo(size=(1000, 700)))
    receiving.process(media)
    post = make_post("note", body=receiving.markdown_of(media))
    library.delete(media)
    again = received(photo(size=(1000, 700)))
    receiving.process(again)
    jobs.complete(again)
    post.refresh_from_db()
    assert "srcset=" in post.body_html
    assert post.media_uses.get().media == again


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_sent_at_once_are_here_once(home: Path, photo: Photo) -> None:
    if vendor_sql.is_in_memory():
        numbers = [received(photo()).pk for _turn in range(8)]  # an SQLite in memory has one connection
    else:

        def send(_turn: int) -> int:
            try:
                return received(photo()).pk
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            numbers = list(threads.map(send, range(8)))
    assert len(set(numbers)) == 1
    assert kept(home) == {MediaFile.objects.get().digest}


def test_two_processes_never_make_one_at_the_same_time(home: Path, photo: Photo) -> None:
    media = received(photo())
    with incoming.taken(media.digest) as path:
        assert path is not None
        receiving.process(media)
        assert (media.state, Rendition.objects.count()) == (State.WAITING, 0)
        jobs.take_up()
        assert not Job.objects.exists()  # somebody is at it
    receiving.process(media)
    assert media.state == State.READY


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 400, "empty"),
        (b"x" * 40_000_001, 413, "too large"),
        (b"#EXTM3U\nhttps://clocks.example/", 422, "playlist"),
    ],
)
def test_what_is_wrong_at_once_is_refused_and_leaves_nothing(home: Path, data: bytes, status: int, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        received(data)
    assert refused.value.status == status
    assert not kept(home)
    assert not MediaFile.objects.exists()


def test_more_bytes_than_any_clip_has_are_not_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MAX_CLIP", 1000)
    with pytest.raises(Refused, match="too large"):
        received(b"x" * 1001)
    assert not kept(home)


def test_a_disk_that_fills_up_meanwhile_is_said_and_leaves_nothing(
    home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="nearly full") as refused:
        received(photo())
    assert (refused.value.status, kept(home), MediaFile.objects.count()) == (507, set(), 0)


def test_some_disk_stays_free_for_posts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=uploads.SPARE_BYTES + 1000))
    receiving.refuse_size(500)
    with pytest.raises(Refused, match="nearly full"):
        receiving.refuse_size(501)


def test_too_many_that_wait_are_refused(home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MAX_UNFINISHED", 1)
    received(photo(1))
    with pytest.raises(Refused, match="wait already") as refused:
        received(photo(2))
    assert refused.value.status == 503


def test_a_name_is_a_label_and_never_a_path(home: Path, photo: Photo) -> None:
    for number, name in enumerate(["../../x.jpg", "a\0b.php", "CON", "\u202egpj.exe", "y" * 300, "/etc/passwd"]):
        media = received(photo(number), name=name)
        receiving.process(media)
        assert Rendition.objects.get(media=media).path.endswith(".jpg")
    assert {path.suffix for path in (home / "media").rglob("*") if path.is_file()} == {".jpg"}


@pytest.mark.parametrize(
    "alt",
    [
        "[a] ](b) \\[c\\]",
        "*x* _y_ `z`",
        "<b>&amp;</b>",
        "snake_case & Söhne",
        'say "so"',
        "![x](y)",
        "a\\",
        "$x$ ~~y~~ |",
    ],
)
def test_alt_text_and_title_come_through_markdown_as_they_are(home: Path, photo: Photo, alt: str) -> None:
    media = received(photo(), alt=alt, credit_title=alt)
    receiving.process(media)
    image, caption = markdown.parsed(receiving.markdown_of(media))[0][1].children[:2]
    assert "".join(child.content for child in image.children) == alt
    assert unescape(caption.content) == f"<figcaption>{alt}</figcaption>"


def test_an_upload_whose_bytes_are_gone_waits_for_nothing(home: Path, photo: Photo) -> None:
    waiting, ready = received(photo(1)), received(photo(2))
    receiving.process(ready)
    for path in (home / "incoming").iterdir():
        path.unlink()
    receiving.process(waiting)
    jobs.complete(ready)
    assert (waiting.state, waiting.problem) == (State.FAILED, "What was uploaded is gone. Upload it once more.")
    assert (ready.state, ready.is_complete) == (State.READY, True)


def test_one_that_was_deleted_meanwhile_gets_no_renditions(
    home: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    media, make_main = received(photo()), receiving.pictures.make_main

    def deleted_meanwhile(*args: Any, **options: Any) -> Any:
        MediaFile.objects.all().delete()
        return make_main(*args, **options)

    monkeypatch.setattr(receiving.pictures, "make_main", deleted_meanwhile)
    receiving.process(media)
    assert not Rendition.objects.exists()
    storing.discard()
    assert not [path for path in (home / "media").rglob("*") if path.is_file()]


def test_what_killed_processes_left_is_swept_and_what_is_needed_stays(home: Path, photo: Photo) -> None:
    media, folder = received(photo()), home / "incoming"
    (folder / "making-x" / "y").mkdir(parents=True)
    (folder / "partial-x").write_bytes(b"x")
    (folder / ("0" * 64)).write_bytes(b"x")
    (folder / "partial-new").write_bytes(b"x")
    long_ago = time.time() - incoming.FORGOTTEN_AFTER.total_seconds() - 60
    for name in kept(home) - {"partial-new"}:
        os.utime(folder / name, (long_ago, long_ago))
    receiving.sweep()
    assert kept(home) == {media.digest, "partial-new"}


def test_what_cannot_be_shown_is_forgotten_after_a_day(home: Path, photo: Photo) -> None:
    for data, days in ((b"<html>old", 2), (b"<html>new", 0)):
        media = received(data)
        receiving.process(media)
        MediaFile.objects.filter(pk=media.pk).update(added=timezone.now() - dt.timedelta(days=days))
    receiving.sweep()
    assert MediaFile.objects.get().digest == media.digest


def test_the_main_renditions_of_all_come_before_the_others_of_any(home: Path, photo: Photo) -> None:
    every = [received(photo(number, (600, 400))) for number in range(3)]
    for media in every:
        jobs.go_on(media)
    assert Job.objects.count() == 1  # which takes up the others
    assert run_jobs() == 6
    assert not MediaFile.objects.unfinished().exists()
    started = Job.objects.order_by("started_at").values_list("task_path", flat=True)
    assert [path.rpartition(".")[2] for path in started] == ["make"] * 3 + ["finish"] * 3


def test_the_schedule_asks_once_for_what_no_job_is_there_for(home: Path, photo: Photo) -> None:
    received(photo())
    for _round in range(2):
        jobs.take_up()
    job = Job.objects.get()
    Job.objects.filter(pk=job.pk).update(status="FAILED")  # given up, as the admin shows
    jobs.take_up()
    assert Job.objects.count() == 1
