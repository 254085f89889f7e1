"""Backups: whole, consistent, refused when they are not, and restored as they were made."""

import hashlib
import json
import shutil
import signal
import sqlite3
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.test import Client

from linklog.accounts.models import Session
from linklog.core import vendor_sql
from linklog.ops import backup
from linklog.ops.tests.sites import OwnSite
from linklog.posts.models import Post, Series
from linklog.tasks.models import Job
from linklog.tasks.tests import trials
from tests.builders import make_post

pytestmark = pytest.mark.django_db(transaction=True)

WRITE = """
from linklog import publishing
from linklog.posts.models import Note
for number in range(20_000):
    publishing.save(Note(body=f'{number} ' * 50, is_draft=False), tags=['a', f't-{number}'], people=['Ada Bell'])
    print(number, flush=True)
"""
CONSISTENT = """
from linklog.posts.models import Credit, Post, PostTag, Revision
from linklog.site.models import Site
n = Post.objects.count()
assert n > 0
assert (PostTag.objects.count(), Credit.objects.count(), Revision.objects.count(), Site.load().version) == (2 * n, n, n, n)
print(n)
"""


def digest() -> str:
    """One number for all that a site holds, sessions left out: the same after a backup and its restoring."""
    whole = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        if not model._meta.proxy and model is not Session:
            whole.update(serialize("json", model._default_manager.order_by("pk")).encode())
    return whole.hexdigest()


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """A LINKLOG_HOME of its own for the database of this test."""
    settings.HOME = tmp_path / "home"
    settings.MEDIA_ROOT = settings.HOME / "media"
    (settings.MEDIA_ROOT / "deep").mkdir(parents=True)
    (settings.MEDIA_ROOT / "deep" / "picture.png").write_bytes(b"picture")
    return settings.HOME


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """A backup of a site with two posts."""
    make_post("note", tags=["a", "b"], series=Series.objects.create(name="S"))
    make_post("quotation")
    backup.make(tmp_path / "backup")
    return tmp_path / "backup"


def test_a_restored_site_is_the_one_that_was_backed_up(folder: Path, home: Path, admin_client: Client) -> None:
    before = digest()
    backup.restore(folder)
    assert digest() != before  # the owner signed up after the backup
    restored = digest()
    for post in Post.objects.all():
        post.delete()
    make_post("entry")
    (home / "media" / "deep" / "picture.png").write_bytes(b"other")
    (home / "media" / "new.png").write_bytes(b"new")
    backup.restore(folder)
    assert digest() == restored
    assert [path.name for path in sorted((home / "media").rglob("*"))] == ["deep", "picture.png"]
    assert (home / "media" / "deep" / "picture.png").read_bytes() == b"picture"
    assert not list(home.glob(".*"))


def test_media_elsewhere_and_uploads_of_which_nothing_was_made_yet_are_in_it(
    home: Path, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "elsewhere" / "pictures"
    shutil.move(home / "media", settings.MEDIA_ROOT)
    (settings.MEDIA_ROOT / ".0123456789abcdef").write_bytes(b"half of a file")
    (home / "incoming").mkdir(mode=0o700)
    (home / "incoming" / "upload").write_bytes(b"as it came")
    (home / "incoming" / "making-x").mkdir()  # which may be gone before its turn comes
    (home / "incoming" / "making-x" / "main.jpg").write_bytes(b"half of a file")
    manifest = backup.make(tmp_path / "b")
    assert manifest["files"].keys() >= {"media/deep/picture.png", "incoming/upload"}
    assert len(manifest["files"]) == 3  # and the database
    shutil.rmtree(settings.MEDIA_ROOT)
    shutil.rmtree(home / "incoming")
    backup.restore(tmp_path / "b")
    assert (settings.MEDIA_ROOT / "deep" / "picture.png").read_bytes() == b"picture"
    assert (home / "incoming" / "upload").read_bytes() == b"as it came"
    assert (home / "incoming").stat().st_mode & 0o077 == 0
    assert not (home / "media").exists()


def test_a_backup_says_that_a_bucket_is_not_in_it(home: Path, tmp_path: Path, settings: Any) -> None:
    settings.LINKLOG_MEDIA = "s3://pictures"
    call_command("backup", str(tmp_path / "b"), stdout=(said := StringIO()))
    assert "What is in s3://pictures is not in it" in said.getvalue()


def test_new_rows_are_numbered_after_the_restored_ones(folder: Path) -> None:
    backup.restore(folder)
    assert make_post("note", slug="next").pk > max(Post.objects.exclude(slug="next").values_list("pk", flat=True))


def test_everyone_must_sign_in_again(home: Path, admin_client: Client, tmp_path: Path) -> None:
    assert admin_client.get("/admin/").status_code == 200
    key = Session.objects.get().session_key
    backup.make(tmp_path / "b")
    assert key.encode() not in database_of(tmp_path / "b").read_bytes()  # who finds a backup cannot sign in by it
    backup.restore(tmp_path / "b")
    assert not Session.objects.exists()
    assert admin_client.get("/admin/").status_code == 302


def test_a_restored_site_does_nothing_again_that_was_asked_for_before_the_backup(home: Path, tmp_path: Path) -> None:
    trials.write.enqueue("before")
    backup.make(tmp_path / "b")
    assert Job.objects.count() == 1
    backup.restore(tmp_path / "b")
    assert Job.objects.count() == 0


def test_a_backup_names_every_file_with_its_checksum_and_is_private(folder: Path) -> None:
    manifest = backup.verify(folder)
    database = backup.SQLITE_FILE if vendor_sql.is_sqlite() else backup.POSTGRESQL_FILE
    assert manifest["database"] == database
    assert set(manifest["files"]) == {database, "media/deep/picture.png"}
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_holds_something_is_refused_and_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    (tmp_path / "file").write_text("x")
    for taken in ("full", "file"):
        with pytest.raises(backup.BackupError, match="not empty"):
            backup.make(tmp_path / taken)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]
    (tmp_path / "empty").mkdir()
    backup.make(tmp_path / "empty")


def rewrite(folder: Path, **over: Any) -> None:
    manifest = json.loads((folder / backup.MANIFEST).read_text())
    (folder / backup.MANIFEST).write_text(json.dumps({**manifest, **over}))


def database_of(folder: Path) -> Path:
    return folder / json.loads((folder / backup.MANIFEST).read_text())["database"]


def truncate(folder: Path) -> None:
    path = database_of(folder)
    path.write_bytes(path.read_bytes()[:-100])


def flip(folder: Path) -> None:
    path = database_of(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def forge(folder: Path) -> None:
    """A database that is none, under a checksum that is right."""
    path = database_of(folder)
    path.write_bytes(b"no database at all, whatever the manifest says" * 100)
    rewrite(folder, files={path.name: hashlib.sha256(path.read_bytes()).hexdigest()})


HARMS: dict[str, Callable[[Path], object]] = {
    "truncated database": truncate,
    "flipped bit": flip,
    "forged database": forge,
    "lost picture": lambda folder: (folder / "media/deep/picture.png").unlink(),
    "changed picture": lambda folder: (folder / "media/deep/picture.png").write_bytes(b"x"),
    "lost database": lambda folder: database_of(folder).unlink(),
    "no manifest": lambda folder: (folder / backup.MANIFEST).unlink(),
    "empty manifest": lambda folder: (folder / backup.MANIFEST).write_text(""),
    "binary manifest": lambda folder: (folder / backup.MANIFEST).write_bytes(b"\xff\xfe\x00"),
    "manifest of another shape": lambda folder: (folder / backup.MANIFEST).write_text("[1]"),
    "files of another shape": lambda folder: rewrite(folder, files=[1]),
    "no files": lambda folder: rewrite(folder, files={}),
    "another database": lambda folder: rewrite(folder, database="../elsewhere", files={"../elsewhere": "x"}),
    "database of another shape": lambda folder: rewrite(folder, database=[]),
    "newer version": lambda folder: rewrite(folder, migrations=["posts.0001_initial", "posts.9999_later"]),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_or_foreign_backup_is_refused_before_anything_is_touched(folder: Path, home: Path, harm: str) -> None:
    make_post("entry", slug="since")
    (home / "media" / "since.png").write_bytes(b"since")
    before = digest()
    HARMS[harm](folder)
    with pytest.raises(backup.BackupError):
        backup.restore(folder)
    assert digest() == before
    assert (home / "media" / "since.png").exists()
    assert not list(home.glob(".*"))


def test_what_is_no_backup_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for wrong in (tmp_path / "none", tmp_path / "file", home):
        with pytest.raises(backup.BackupError, match="not a backup made by linklog"):
            backup.restore(wrong)


def test_a_backup_of_the_other_database_is_refused(folder: Path) -> None:
    other = backup.POSTGRESQL_FILE if vendor_sql.is_sqlite() else backup.SQLITE_FILE
    if vendor_sql.is_sqlite():
        pytest.importorskip("psycopg")
    made = database_of(folder)
    made.rename(folder / other)
    if other == backup.SQLITE_FILE:
        (folder / other).unlink()
        sqlite3.connect(folder / other).executescript("CREATE TABLE a (b); INSERT INTO a VALUES (1);").close()
    rewrite(folder, database=other, files={other: hashlib.sha256((folder / other).read_bytes()).hexdigest()})
    with pytest.raises(backup.BackupError):
        backup.restore(folder)


@pytest.mark.parametrize("step", ["_dump", "verify", "_sync_tree"])
def test_a_backup_that_fails_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, step, fail)
    with pytest.raises(OSError, match="No space left"):
        backup.make(tmp_path / "b")
    assert {path.name for path in tmp_path.iterdir()} == {"home"}
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", str(tmp_path / "b"))


def test_restoring_over_posts_asks_for_a_yes(folder: Path) -> None:
    make_post("entry", slug="since")
    with pytest.raises(CommandError, match=r"3 posts.*--yes"):
        call_command("restore", str(folder))
    assert Post.objects.count() == 3


def test_the_commands_say_what_they_did(folder: Path, tmp_path: Path) -> None:
    out = StringIO()
    call_command("backup", str(tmp_path / "one"), json=True, stdout=out)
    assert json.loads(out.getvalue()) == json.loads((tmp_path / "one" / backup.MANIFEST).read_text())
    call_command("backup", str(tmp_path / "two"), stdout=(out := StringIO()))
    assert f"linklog restore {tmp_path / 'two'}" in out.getvalue()
    with pytest.raises(CommandError, match="not empty"):
        call_command("backup", str(tmp_path / "two"))


# Sites of their own, worked on by several processes --------------------------------------------------------------------


def test_a_backup_made_while_posts_are_written_is_consistent(new_site: Callable[..., OwnSite], tmp_path: Path) -> None:
    busy, fresh = new_site(), new_site()
    busy.linklog("init")
    writer = busy.start(WRITE)
    assert writer.stdout is not None
    try:
        for _ in range(5):
            writer.stdout.readline()
        busy.linklog("backup", tmp_path / "copy")
        assert writer.poll() is None, "the writer was done before the backup"
    finally:
        writer.kill()
        writer.communicate()
    fresh.linklog("restore", tmp_path / "copy")
    assert int(fresh.python(CONSISTENT)) >= 5


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    new_site: Callable[..., OwnSite], tmp_path: Path
) -> None:
    older, fresh = new_site(), new_site()
    older.linklog("init")
    older.linklog("migrate", "accounts", "0001")
    older.linklog("backup", tmp_path / "copy")
    fresh.linklog("restore", tmp_path / "copy")
    fresh.python("from linklog.accounts.models import Session; assert not Session.objects.exists()")


def test_a_backup_that_is_killed_leaves_nothing_under_its_name(
    new_site: Callable[..., OwnSite], tmp_path: Path
) -> None:
    site = new_site()
    site.linklog("init")
    kill = "from linklog.ops import backup; import pathlib, signal; backup._sync_tree = lambda *a: os.kill(os.getpid(), signal.SIGKILL); "
    site.python(kill + "backup.make(pathlib.Path(sys.argv[1]))", tmp_path / "copy", expect=-signal.SIGKILL)
    assert not (tmp_path / "copy").exists()
    site.linklog("backup", tmp_path / "copy")
    backup.verify(tmp_path / "copy")
    assert not list(tmp_path.glob(".copy*"))
