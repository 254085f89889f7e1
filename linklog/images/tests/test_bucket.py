"""Media in a bucket of a real S3 server: pushed and read back, named on pages, queued while the bucket is down, moved both ways."""

import hashlib
import io
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from linklog.images import checks, health, inventory, jobs, receiving, storing
from linklog.images.models import Discarded, MediaFile, Rendition
from linklog.images.places import PlaceError, hashed_name
from linklog.images.tests.conftest import Photo
from linklog.ops.tests.sites import OwnSite
from linklog.posts.models import Post
from linklog.tasks.jobs import TryLater
from linklog.tasks.models import Job
from tests import s3
from tests.builders import make_post

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("s3")]


@dataclass(frozen=True)
class OwnBucket:
    """A bucket that was just made, and the settings by which a site uses a folder of it."""

    server: s3.S3Server
    name: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "LINKLOG_MEDIA": f"s3://{self.name}/blog",
            "LINKLOG_MEDIA_URL": f"{self.server.public_url(self.name)}/blog",
            "LINKLOG_S3_ENDPOINT": self.server.endpoint,
            "LINKLOG_S3_REGION": "us-east-1",
            "LINKLOG_S3_ACCESS_KEY": s3.KEY,
            "LINKLOG_S3_SECRET_KEY": s3.SECRET,
        }

    def objects(self) -> dict[str, bytes]:
        get = self.server.client.get_object
        return {name: get(Bucket=self.name, Key=f"blog/{name}")["Body"].read() for name in self.names()}

    def names(self) -> list[str]:
        found = self.server.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [one["Key"].removeprefix("blog/") for one in found]


@pytest.fixture
def new_bucket(s3_server: s3.S3Server) -> OwnBucket:
    bucket = OwnBucket(s3_server, f"pictures-{uuid.uuid4().hex[:8]}")
    s3_server.make_bucket(bucket.name)
    return bucket


@pytest.fixture
def bucket(new_bucket: OwnBucket, home: Path, settings: Any) -> OwnBucket:
    """The bucket that this site uses."""
    use(settings, new_bucket)
    return new_bucket


def use(settings: Any, bucket: OwnBucket) -> None:
    for name, value in bucket.settings.items():
        setattr(settings, name, value)


def upload(data: bytes) -> MediaFile:
    media = receiving.receive(io.BytesIO(data), name="photo.jpg", by=None, alt="A brass clock")
    receiving.process(media)
    jobs.complete(media)
    return MediaFile.objects.get(pk=media.pk)


def stored(home: Path, content: bytes) -> Rendition:
    """The one rendition of an upload, as if it had been made."""
    sha256 = hashlib.sha256(content).hexdigest()
    (home / "made").write_bytes(content)
    facts = {"path": storing.keep(home / "made", sha256, "image/jpeg"), "sha256": sha256, "bytes": len(content)}
    media = MediaFile.objects.create(digest=sha256, state=MediaFile.State.READY, is_complete=True)
    return media.renditions.create(role=Rendition.Role.MAIN, media_type="image/jpeg", width=4, height=3, **facts)


def page_of(post: Post) -> str:
    return Client().get(post.get_absolute_url()).content.decode()


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in storing.Folder(folder).names()}


def test_an_upload_is_pushed_and_then_pages_name_the_bucket(bucket: OwnBucket, home: Path, photo: Photo) -> None:
    media = upload(photo(size=(1200, 900)))
    post = make_post("note", body=receiving.markdown_of(media))
    main = receiving.main_of(media)
    local = (home / "media" / main.path).read_bytes()
    assert f'src="/media/{main.path}"' in page_of(post)
    jobs.push_waiting()
    jobs.push_waiting()  # while one waits, no other is asked for
    job = Job.objects.ready().get()
    job.claim("test")
    job.run()
    page = page_of(post)
    names = re.findall(r"[0-9a-f]{2}/[0-9a-f]{30}\.[a-z]+", page)
    assert len(set(names)) > 1  # the main one, and others of its srcset
    assert all(f"{storing.public_url(name)}" in page for name in names)
    assert "/media/" not in re.sub(r"https?://\S+", "", page[page.index("<article") : page.index("</article")])
    with urlopen(storing.public_url(main.path)) as answer:
        assert answer.read() == local
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert files_of(home / "media") == {}
    assert set(bucket.names()) == set(media.renditions.values_list("path", flat=True))
    assert Client().get(f"/media/{main.path}").headers["Location"] == storing.public_url(main.path)
    with storing.local_file(main) as fetched:
        assert fetched.read_bytes() == local


def test_keys_that_are_refused_are_said_to_be(bucket: OwnBucket, home: Path, settings: Any) -> None:
    settings.LINKLOG_S3_SECRET_KEY = "another"
    picture = stored(home, b"picture")
    with pytest.raises(TryLater, match=r"refuses us .*LINKLOG_S3_SECRET_KEY"):
        jobs.push.call()
    (problem,) = health.problems()
    assert "1 files wait here" in problem
    settings.LINKLOG_S3_SECRET_KEY, settings.LINKLOG_MEDIA = s3.SECRET, "s3://no-such-bucket"
    with pytest.raises(TryLater, match="no bucket no-such-bucket"):
        jobs.push.call()
    assert not Rendition.objects.filter(is_remote=True).exists()
    assert (home / "media" / picture.path).exists()


def test_half_a_configuration_is_refused_at_start(settings: Any) -> None:
    settings.LINKLOG_MEDIA, settings.LINKLOG_S3_ACCESS_KEY, settings.LINKLOG_S3_SECRET_KEY = "s3://pictures", "me", ""
    assert [error.id for error in checks.storage(None)] == ["linklog.E002"]
    settings.LINKLOG_S3_SECRET_KEY = "secret"
    assert checks.storage(None) == []


def test_a_media_folder_that_shows_the_database_to_everybody_is_refused_at_start(home: Path, settings: Any) -> None:
    assert checks.storage(None) == []
    for place in (home, home.parent):
        settings.MEDIA_ROOT = place
        assert [error.id for error in checks.storage(None)] == ["linklog.E003"]


def test_an_outage_of_the_bucket_loses_no_upload_and_breaks_no_page(
    bucket: OwnBucket, home: Path, photo: Photo, django_capture_on_commit_callbacks: Any
) -> None:
    gone = stored(home, b"soon forgotten")
    jobs.push.call()
    assert health.problems() == []
    bucket.server.stop()
    try:
        media = upload(photo())
        post = make_post("note", body=receiving.markdown_of(media))
        with pytest.raises(TryLater, match="does not answer"):
            jobs.push.call()
        assert "does not answer" in health.problems()[0]
        main = receiving.main_of(media)
        assert f'src="/media/{main.path}"' in page_of(post)
        answer = Client().get(f"/media/{main.path}")
        assert b"".join(answer.streaming_content) == (home / "media" / main.path).read_bytes()
        with django_capture_on_commit_callbacks(execute=True):
            storing.forget([gone])
    finally:
        bucket.server.start()
    jobs.push.call()
    assert storing.public_url(main.path) in page_of(post)
    assert set(bucket.names()) == set(media.renditions.values_list("path", flat=True))  # what was forgotten is gone
    assert not Discarded.objects.exists()
    assert health.problems() == []


def test_the_owner_s_front_page_tells_what_waits_for_long(home: Path, settings: Any, admin_client: Client) -> None:
    settings.LINKLOG_MEDIA = "s3://pictures"
    late = stored(home, b"one")
    stored(home, b"two")
    MediaFile.objects.filter(pk=late.media_id).update(added=timezone.now() - 2 * storing.PATIENCE)
    assert "1 file waits for the bucket" in admin_client.get("/write/").content.decode()


def test_what_was_forgotten_and_came_again_stays(
    bucket: OwnBucket, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = stored(home, b"picture")
    jobs.push.call()
    with django_capture_on_commit_callbacks(execute=True):
        storing.forget([first])
        first.media.delete()
    again = stored(home, b"picture")
    jobs.push.call()
    assert set(bucket.names()) == {again.path}


def test_a_process_that_is_killed_before_it_could_delete_leaves_no_file(
    bucket: OwnBucket, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed, deleted = stored(home, b"picture"), stored(home, b"another")
    with monkeypatch.context() as patched:
        patched.setattr(storing, "drop_spare", lambda paths: sys.exit())
        with pytest.raises(SystemExit):
            jobs.settle(pushed.media)
    storing.forget([deleted])  # and nothing that would follow its transaction
    assert files_of(home / "media").keys() == {pushed.path, deleted.path}
    jobs.push_waiting()
    jobs.push.call()
    assert files_of(home / "media") == {}
    assert set(bucket.names()) == {pushed.path}
    assert not Discarded.objects.exists()


def test_keys_that_may_not_delete_hold_up_no_upload(
    bucket: OwnBucket, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storing.forget([stored(home, b"picture")])
    waiting = stored(home, b"another")

    def denied(self: Any, path: str) -> None:
        raise PlaceError("The bucket refuses us.")

    monkeypatch.setattr("linklog.images.bucket.Bucket.remove", denied)
    with pytest.raises(TryLater):
        jobs.push.call()
    waiting.refresh_from_db()
    assert waiting.is_remote
    assert Discarded.objects.exists()


def test_bytes_that_two_uploads_share_stay_until_both_are_forgotten(
    home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    one = stored(home, b"picture")
    other = Rendition(media=MediaFile.objects.create(digest="1" * 64), role=one.role, path=one.path, bytes=one.bytes)
    other.save()
    for row, stays in ((one, True), (other, False)):
        with django_capture_on_commit_callbacks(execute=True):
            storing.forget([row])
        assert (home / "media" / one.path).exists() == stays


def test_bytes_that_are_damaged_here_are_not_pushed_and_hold_up_nobody(bucket: OwnBucket, home: Path) -> None:
    damaged, whole = stored(home, b"one"), stored(home, b"two")
    (home / "media" / damaged.path).write_bytes(b"other bytes")
    jobs.push.call()
    assert bucket.objects() == {whole.path: b"two"}
    damaged.refresh_from_db()
    assert not damaged.is_remote
    found = list(inventory.check())[-1]
    assert (found.whole, found.damaged, found.missing) == (1, [damaged.path], [])


def test_a_check_tells_what_is_missing_and_what_is_of_nobody(home: Path) -> None:
    lost, here = stored(home, b"one"), stored(home, b"two")
    (home / "media" / lost.path).unlink()
    orphan = hashed_name("ef" * 32, "image/png")
    (home / "orphan").write_bytes(b"of nobody")
    storing.keep(home / "orphan", "ef" * 32, "image/png")
    (home / "media" / "clock.jpg").write_bytes(b"by hand")
    found = list(inventory.check())[-1]
    assert (found.whole, found.missing, found.orphans) == (1, [lost.path], [orphan])
    with pytest.raises(CommandError, match="backup"):
        call_command("media", "check", "--json", stdout=io.StringIO())
    with storing.local_file(here) as file:
        assert file.read_bytes() == b"two"
    with pytest.raises(PlaceError, match="missing"), storing.local_file(lost):
        pass


def test_a_site_moves_to_a_bucket_and_back_and_its_pages_show_images_all_the_time(
    new_bucket: OwnBucket, home: Path, settings: Any
) -> None:
    settings.LINKLOG_MEDIA = str(home / "media")
    main = stored(home, b"picture")
    post = make_post("note", body=receiving.markdown_of(main.media))
    (home / "media" / "2025").mkdir()
    (home / "media" / "2025" / "a clock.jpg").write_bytes(b"by hand")
    before = files_of(home / "media")

    # Copied, and nothing is another way yet
    place = new_bucket.settings
    for name in ("LINKLOG_S3_ENDPOINT", "LINKLOG_S3_REGION", "LINKLOG_S3_ACCESS_KEY", "LINKLOG_S3_SECRET_KEY"):
        setattr(settings, name, place[name])
    out = io.StringIO()
    call_command("media", "migrate", "--to", place["LINKLOG_MEDIA"], stdout=out)
    assert f"set LINKLOG_MEDIA={place['LINKLOG_MEDIA']}" in out.getvalue()
    assert new_bucket.objects() == before == files_of(home / "media")

    # The setting changed, on a machine without the old folder: addresses lead to the bucket before any page names it
    use(settings, new_bucket)
    settings.MEDIA_ROOT = home / "empty"
    for path in before:
        assert Client().get(f"/media/{path}").headers["Location"] == storing.public_url(path)
    jobs.push.call()
    assert storing.public_url(main.path) in page_of(post)

    # And back, to another folder
    call_command("media", "migrate", "--to", str(home / "back"), stdout=io.StringIO())
    assert files_of(home / "back") == before == new_bucket.objects()
    settings.MEDIA_ROOT, settings.LINKLOG_MEDIA = home / "back", str(home / "back")
    main.refresh_from_db()
    assert main.is_remote
    assert storing.url_of(main) == f"/media/{main.path}"
    jobs.push.call()
    assert f'src="/media/{main.path}"' in page_of(post)
    assert not Rendition.objects.filter(is_remote=True).exists()
    assert files_of(home / "back") == before


def test_a_move_that_was_killed_is_taken_up_again(
    new_bucket: OwnBucket, new_site: Callable[..., OwnSite], home: Path
) -> None:
    site = new_site()
    site.linklog("init")
    files = {f"2025/{number:02}.jpg": f"picture {number}".encode() * 2_000 for number in range(16)}
    (site.home / "media" / "2025").mkdir()
    for name, content in files.items():
        (site.home / "media" / name).write_bytes(content)
    names = ("LINKLOG_S3_ENDPOINT", "LINKLOG_S3_REGION", "LINKLOG_S3_ACCESS_KEY", "LINKLOG_S3_SECRET_KEY")
    site = replace(site, environment=site.environment | {name: new_bucket.settings[name] for name in names})
    command = [sys.executable, "-m", "linklog", "media", "migrate", "--to", new_bucket.settings["LINKLOG_MEDIA"]]
    moving = subprocess.Popen(command, env=site.environment)
    deadline = time.monotonic() + 60
    while not new_bucket.names() and time.monotonic() < deadline:
        time.sleep(0.02)
    moving.send_signal(signal.SIGKILL)
    moving.wait()
    there = new_bucket.objects()
    assert 0 < len(there) < len(files)
    assert there.items() <= files.items()  # none of them half
    site.linklog("media", "migrate", "--to", new_bucket.settings["LINKLOG_MEDIA"])
    assert new_bucket.objects() == files
