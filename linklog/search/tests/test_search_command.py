"""`linklog search`."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.builders import make_archive, make_post

pytestmark = pytest.mark.django_db


def printed(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("search", *arguments, stdout=out, **options)
    return out.getvalue()


def test_results_are_a_line_each_with_date_kind_title_and_address() -> None:
    post = make_post("blogmark", title="[red]Brass[/red] clocks", slug="brass")
    make_post("note")
    lines = printed("brass", "clocks").splitlines()
    assert [part.strip() for part in lines[0].split("  ") if part.strip()] == [
        "2024-12-22", "blogmark", "[red]Brass[/red] clocks", post.get_absolute_url(),
    ]  # fmt: skip
    assert lines[1].startswith("1 post in ")


@pytest.mark.parametrize("query", ["", "tides", '"said before" -type:entry', "type:note year:2024", "nothingsuch"])
def test_json_is_what_the_address_answers(client: Client, query: str) -> None:
    make_archive(8)
    told, answered = json.loads(printed(query, json=True)), client.get("/search.json", {"q": query}).json()
    assert told.pop("took_ms") >= 0
    assert answered.pop("took_ms") >= 0
    assert told == answered


def test_what_is_not_public_is_found_when_asked_for() -> None:
    make_post("note", body="Public lantern.")
    make_post("note", body="Secret lantern.", is_draft=True, slug="draft")
    assert printed("lantern").endswith("ms\n")
    assert "Secret" not in printed("lantern")
    assert "note (draft)" in printed("lantern", drafts=True)
    assert printed("lantern", drafts=True).splitlines()[-1].startswith("2 posts")
    assert printed("is:draft lantern").splitlines()[-1].startswith("1 post ")


def test_a_mistyped_word_gets_a_proposal_and_a_page_too_far_a_sentence() -> None:
    make_post("note", body="A chronograph.")
    assert "Did you mean: chronograph (1)" in printed("chronogarph")
    with pytest.raises(CommandError, match="pages 1 to"):
        printed("x", page="101")
