"""The archive in the `llm` command, really run: with a model that answers what it was asked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linklog.assist import prompts
from linklog.assist.fragments import MAX_CHARACTERS, find
from linklog.assist.llm_templates import INPUT, template
from linklog.posts.models import Post
from tests.builders import make_post

Llm = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def llm(tmp_path: Path) -> Llm:
    """`llm` as a process of its own, with a site of its own whose commands it shares."""
    environment = {
        name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment |= {"LINKLOG_HOME": str(tmp_path / "site"), "LLM_USER_PATH": str(tmp_path / "llm")}

    def run(*arguments: str, program: str = "llm", stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", program, *arguments],
            env=environment | more,
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )

    return run


def asked(answer: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.long
def test_llm_reads_public_posts_and_uses_the_prompts(llm: Llm) -> None:
    assert llm("demo", "--no-serve", "--json", program="linklog").returncode == 0
    echo = ("-m", "echo", "--no-log")
    of_tag = asked(llm(*echo, "-f", "linklog:tag/tides", "Summarise."))["prompt"]
    assert of_tag.startswith("---\ntitle: ")
    assert of_tag.endswith("Summarise.")
    assert of_tag.count("\nurl: ") > 1
    tagged = asked(llm(*echo, "-t", "linklog:tags", stdin="A clock of brass."))
    assert "A clock of brass." in tagged["prompt"]
    assert "Tides" in tagged["prompt"]
    assert tagged["system"].startswith("You choose tags")
    nothing = llm(*echo, "-f", "linklog:tag/nosuch", "Summarise.")
    assert nothing.returncode == 1
    assert "no public post has the tag nosuch" in nothing.stderr


def test_where_there_is_no_site_llm_says_so_and_makes_none(llm: Llm, tmp_path: Path) -> None:
    answer = llm("-m", "echo", "-f", "linklog:latest", "Hello.")
    assert "Set LINKLOG_HOME" in answer.stderr
    assert not (tmp_path / "site").exists()
    without = llm("-m", "echo", "--no-log", "Hello.", LINKLOG_HOME="")
    assert asked(without)["prompt"] == "Hello."


@pytest.mark.django_db
def test_drafts_and_what_is_scheduled_are_no_fragments() -> None:
    draft = make_post("note", is_draft=True, published=None, tags=["secret"])
    public = make_post("note", slug="public", tags=["tides"])
    for argument in (f"post/{draft.code}", "tag/secret", "search/is:draft", "post/", "tag", "", "nonsense/x"):
        with pytest.raises(ValueError, match=r"no public|is none of|no post"):
            find(argument)
    assert [url for url, _text in find("latest").documents] == [public.absolute_url]
    assert [url for url, _text in find(f"post/{public.code}").documents] == [public.absolute_url]


@pytest.mark.django_db
def test_fragments_are_limited_in_size_and_say_so() -> None:
    for number in range(3):
        make_post("note", slug=f"long-{number}", body="tide " * (MAX_CHARACTERS // 8), tags=["long"])
    found = find("tag/long")
    assert len(found.documents) == 1
    assert found.note.startswith("1 of 3 posts")
    Post.objects.exclude(slug="long-0").delete()
    Post.objects.update(body="tide " * MAX_CHARACTERS)
    found = find("tag/long")
    assert sum(len(text) for _url, text in found.documents) == MAX_CHARACTERS
    assert found.note.startswith("The beginning")


@pytest.mark.django_db
@pytest.mark.parametrize("name", prompts.names())
def test_every_prompt_is_a_template_that_needs_its_input_alone(name: str) -> None:
    import llm as library

    made = library.Template(name=name, **template(name))
    text, system = made.evaluate("What $came in.", {})
    assert "What $came in." in text
    assert system
    assert name in INPUT
