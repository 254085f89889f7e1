"""`linklog image`: files from a terminal, each answered by the Markdown that shows it."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from linklog.accounts.models import User
from linklog.images.models import MediaFile
from linklog.images.tests.conftest import Photo
from linklog.tasks.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(home: Path, photo: Photo) -> list[Path]:
    """Two photos."""
    paths = [home / "tide clock.jpg", home / "pier.jpg"]
    for number, path in enumerate(paths):
        path.write_bytes(photo(number, (600, 400)))
    return paths


def test_each_file_is_answered_by_its_markdown(files: list[Path], capsys: Any) -> None:
    owner = User.objects.create_superuser("ada")
    call_command("image", *map(str, files), alt="A [clock]")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(r"![A \[clock\]](/media/") and line.endswith(".jpg)") for line in lines)
    assert set(MediaFile.objects.values_list("name", "added_by")) == {
        ("tide clock.jpg", owner.pk),
        ("pier.jpg", owner.pk),
    }
    assert Job.objects.exists()  # a worker makes the rest


def test_as_json_there_is_an_object_a_line(files: list[Path], capsys: Any) -> None:
    call_command("image", *map(str, files), json=True)
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(document) for document in documents] == [{"markdown", "url", "width", "height", "bytes"}] * 2
    assert (documents[0]["width"], documents[0]["height"]) == (600, 400)
    assert documents[0]["url"].startswith("http://localhost:8000/media/")


def test_with_wait_everything_is_made_before_it_ends(files: list[Path]) -> None:
    call_command("image", *map(str, files), wait=True)
    assert list(MediaFile.objects.values_list("is_complete", flat=True)) == [True, True]
    assert not Job.objects.exists()


def test_one_that_fails_keeps_no_other_from_being_done(files: list[Path], capsys: Any) -> None:
    wrong, missing = files[0].with_name("page.jpg"), files[0].with_name("none.jpg")
    wrong.write_text("<!doctype html><p>clock")
    with pytest.raises(CommandError, match="2 of 3") as error:
        call_command("image", str(wrong), str(missing), str(files[0]))
    told = capsys.readouterr()
    assert error.value.returncode == 1
    assert told.err.splitlines() == [
        f"{wrong}: This is a web page, not an image. Save the image itself.",
        f"{missing}: No such file or directory",
    ]
    assert len(told.out.splitlines()) == 1


def test_a_dash_is_the_standard_input(home: Path, photo: Photo, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(photo())))
    call_command("image", "-")
    assert capsys.readouterr().out.startswith("![](/media/")


def test_the_original_is_kept_where_that_is_asked(files: list[Path]) -> None:
    call_command("image", str(files[0]), keep_original=True, wait=True)
    assert {one.role for one in MediaFile.objects.get().renditions.all()} == {"main", "original", "variant"}
