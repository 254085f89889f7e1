"""`linklog import` as a person or a program calls it."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from linklog.importers.tests.feeds import atom, atom_entry, counts, imported, json_feed, json_item, rss
from linklog.posts.models import Post

pytestmark = pytest.mark.django_db


def refused(source: str | Path, *options: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command("import", str(source), *options, stdout=io.StringIO(), stderr=io.StringIO())
    assert error.value.returncode == 2
    return str(error.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"Dear diary", "neither"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "web page"),
        (b"<html><body>x</body></html>", "web page"),
        (b"<opml version='2.0'><body/></opml>", "opml"),
        (b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss/>', "DOCTYPE"),
        (b'{"hello": 1}', "JSON Feed"),
        (b'{"version": "https://jsonfe', "JSON Feed"),
        (b"[1, 2]", "neither"),
        (b"\x1f\x8bnot really", "unpacked"),
        (gzip.compress(b'{"items": [', mtime=0)[:-12], "unpacked"),
        (gzip.compress(b'{"items": [', mtime=0)[:10] + b"\xff\xff damaged", "unpacked"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_one_clear_line(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(content)
    message = refused(path)
    assert word in message
    assert "\n" not in message


def test_files_that_cannot_be_read_are_one_clear_line(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "none.atom")
    assert "directory" in refused(tmp_path)
    assert "no file" in refused(tmp_path / "none.atom", "--json")
    path = tmp_path / "a.atom"
    path.write_text(atom())
    assert "not RSS, but Atom" in refused(path, "--format", "rss")
    assert "no author" in refused(path, "--author", "nobody")


def test_packed_files_are_unpacked_whatever_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_bytes(gzip.compress(json_feed(json_item(1)).encode()))
    assert counts(imported(path)) == (1, 0, 0, 0)


def test_a_byte_order_mark_is_no_hindrance() -> None:
    assert counts(imported(b"\xef\xbb\xbf" + json_feed(json_item(1)).encode())) == (1, 0, 0, 0)
    assert counts(imported(b"\xef\xbb\xbf" + atom(atom_entry("<p>x</p>")).encode())) == (1, 0, 0, 0)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO(json_feed(json_item(1)).encode())

    monkeypatch.setattr(sys, "stdin", Stream)
    out = io.StringIO()
    call_command("import", "-", "--json", stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue())["new"] == 1


def test_the_summary_is_always_printed_and_json_keeps_standard_output_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json_feed(json_item(1), 5))
    out, err = io.StringIO(), io.StringIO()
    call_command("import", str(path), "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue()).keys() == {"new", "updated", "unchanged", "skipped", "renamed"}
    assert out.getvalue().count("\n") == 1
    assert "skipped" in err.getvalue()
    out, err = io.StringIO(), io.StringIO()
    call_command("import", str(path), stdout=out, stderr=err)
    assert "unchanged" in out.getvalue()
    assert "2: " in out.getvalue()
    assert err.getvalue() == ""
    out = io.StringIO()
    call_command("import", str(path), "--quiet", stdout=out, stderr=err)
    assert out.getvalue() == ""


def test_a_feed_without_entries_is_a_run_that_came_to_its_end() -> None:
    for feed in (atom(), rss(), json_feed()):
        assert counts(imported(feed)) == (0, 0, 0, 0)


def test_publish_and_draft_exclude_each_other() -> None:
    with pytest.raises(CommandError):
        call_command("import", "x", "--publish", "--draft")


def test_the_exit_code_is_2_and_nothing_is_on_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("Dear diary")
    command = [sys.executable, "-m", "linklog", "import", str(path), "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "LINKLOG_HOME": str(tmp_path)}
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == "CommandError: The file is neither a feed in Atom or RSS nor a JSON Feed."


def test_a_home_without_a_site_is_told_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "feed.json").write_text(json_feed(json_item(1)))
    environment = {**os.environ, "LINKLOG_HOME": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "linklog", "import", str(tmp_path / "feed.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, "linklog init" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("import", "--help")
    assert "--dry-run" in capsys.readouterr().out
    assert Post.objects.count() == 0


@pytest.mark.parametrize("options", [[], ["--json"], ["--quiet"]])
@pytest.mark.parametrize("name", ["atom", "json"])
def test_the_last_line_says_that_a_file_breaks_off(tmp_path: Path, name: str, options: list[str]) -> None:
    second = atom_entry("<p>High.</p>", path="/2024/Dec/23/high/")
    text = atom(atom_entry("<p>x</p>"), second) if name == "atom" else json_feed(json_item(1), json_item(2))
    path = tmp_path / "feed"
    path.write_text(text[: text.index("High." if name == "atom" else "number 2")])
    err = io.StringIO()
    call_command("import", str(path), *options, stdout=io.StringIO(), stderr=err)
    last = err.getvalue().splitlines()[-1]
    assert last.startswith("The file breaks off at ")
    assert last.endswith("; what stands before that was read.")
    assert Post.objects.count() == 1


@pytest.mark.parametrize("limit", ["-1", "x", "1.5", "²"])
def test_a_limit_is_a_number_from_0(limit: str) -> None:
    with pytest.raises(CommandError, match="give a number from 0"):
        call_command("import", "x", f"--limit={limit}")
