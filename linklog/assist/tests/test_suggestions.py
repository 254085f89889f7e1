"""What a model behind a real server suggests to who writes: only from what there is, and nothing that is not asked for."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linklog.accounts.models import Role, User
from linklog.assist import passages, tagging
from linklog.assist.models import ModelCall
from linklog.capture.models import Capture
from linklog.core import html, markdown
from linklog.posts.models import Post, Tag
from linklog.search.tag_suggestions import Subject
from tests.builders import make_post
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"Accept": "application/json"}
PAGE = "The keeper wound the clock each morning.\nBrass does not\u00a0 forget the tide; it is impossible to lie to it. He wrote it down."


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("mira", "", "low-water-at-six", name="Mira")


@pytest.fixture
def author(owner: User) -> Client:
    client = Client(headers=JSON)
    client.force_login(owner)
    return client


def captured(by: User, **facts: Any) -> Capture:
    url = "https://clocks.example/brass"
    return Capture.objects.create(by=by, url=url, state=Capture.State.READ, facts={"url": url, "text": PAGE, **facts})


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["text"] for item in answer.json()["suggestion"]]


def test_tags_are_of_the_authors_own_and_what_is_made_up_is_dropped(author: Client, model_server: ModelServer) -> None:
    make_post("note", slug="n", tags=["Brass", "Clocks", "Tides"])
    before = list(Post.objects.values())
    model_server.answers.append(json.dumps({"tags": ["#brass", "new-tag", "<script>", "tides", "BRASS", 7]}))
    answer = author.post(reverse("assist:tags"), {"body": "A clock of brass.", "tag_names": "Clocks", "about": "abc"})
    assert answer.json()["suggestion"] == [
        {"text": "Brass", "label": "Add", "field": "tag_names", "value": "Brass"},
        {"text": "Tides", "label": "Add", "field": "tag_names", "value": "Tides"},
    ]
    assert answer.json()["cost"].endswith("¢")
    schema = model_server.asked[0].schema
    assert schema
    assert set(schema["properties"]["tags"]["items"]["enum"]) == {"Brass", "Tides"}
    assert list(Post.objects.values()) == before
    assert Tag.objects.count() == 3
    call = ModelCall.objects.get()
    assert (call.task, call.about, call.asked_by) == ("tags", "post abc", User.objects.get())


def test_the_vocabulary_has_the_fitting_tags_first_then_those_used_most_and_is_limited() -> None:
    for number in range(60):
        make_post("note", slug=f"n{number}", tags=["common", *(f"rare-{number}-{n}" for n in range(4))])
    make_post("note", slug="sextants", body="Sextants.", tags=["sextants"])
    found = tagging.vocabulary(Subject("On sextants"))
    assert found[0] == "sextants"
    assert "common" in found
    assert len(found) == len(set(found)) == tagging.VOCABULARY
    assert "common" not in tagging.vocabulary(Subject("On sextants", given=["common"]))


def test_a_title_comes_with_a_line_that_says_what_the_post_says(
    owner: User, author: Client, model_server: ModelServer
) -> None:
    captured(owner, title="Clocks of brass")
    line = "A [clock](https://evil.example/?q=1) that <b>remembers</b>."
    model_server.answers.append(json.dumps({"title": "“The clock that knows the tide.”", "summary": line}))
    asked = {"body": "It knows.", "link_url": "https://clocks.example/brass", "title": "Mine"}
    answer = author.post(reverse("assist:title"), asked)
    assert [item["field"] for item in answer.json()["suggestion"]] == ["title", ""]
    title, summary = texts(answer)
    assert title == "The clock that knows the tide"
    assert "evil.example" not in summary
    assert "<" not in summary
    assert "Clocks of brass" in model_server.asked[0].text
    assert "Brass does not" in model_server.asked[0].text


def test_passages_stand_in_the_page_letter_by_letter(owner: User, author: Client, model_server: ModelServer) -> None:
    said = [
        "He wrote it down. And more.",  # not there
        "Brass does not forget the tide;",  # white space folded
        "possible to lie to it. He wrote it down.",  # begins within a word
        "The Keeper wound the clock each morning.",  # another letter
        "The keeper wound the clock each morning.",
        "keeper wound the clock each morning.",  # within another
    ]
    model_server.answers.append(json.dumps({"passages": said}))
    answer = author.post(reverse("assist:passages"), {"about": captured(owner).pk})
    found = texts(answer)
    assert found == ["The keeper wound the clock each morning.", "Brass does not\u00a0 forget the tide;"]
    assert all(passage in PAGE for passage in found)
    assert answer.json()["suggestion"][0]["value"] == "\n\n> The keeper wound the clock each morning.\n\n"


@pytest.mark.parametrize(
    "words",
    [
        "# A heading <script>alert(1)</script> and ![x](https://evil.example/a.png) [y](https://evil.example/)",
        "1. First and *second* and _third_ and `fourth` and ~~fifth~~ and snake_case_names",
        "2) Second &amp; third {width=3} [^1] <https://evil.example/>",
        "- not a list\n\n```\nno code\n```\n| a | b |\n|---|---|",
        "\\*stars\\* and === and > no quote\n    and no code",
        "+ plus 10. and - minus",
    ],
)
def test_the_signs_of_a_passage_are_but_signs(words: str) -> None:
    made = markdown.render(passages.as_quote(words), "x").html
    text = html.to_text(made.replace("\n</p>", "</p>"))
    assert text == " ".join(words.split()).replace("...", "…")
    assert {node.tag for node in html.parse(made).css("body *")} <= {"blockquote", "p"}


def test_of_a_page_that_somebody_else_captured_nothing_is_sent(
    owner: User, author: Client, model_server: ModelServer
) -> None:
    other = User.objects.create_user("nils", "", "low-water-at-six", role=Role.EDITOR)
    for about in (captured(other).pk, 2**70, "x", ""):
        answer = author.post(reverse("assist:passages"), {"about": about})
        assert answer.status_code == 400
        assert answer.json()["problem"]
    captured(other)
    author.post(reverse("assist:title"), {"link_url": "https://clocks.example/brass", "body": "It knows."})
    assert "Brass does not" not in model_server.asked[0].text


def test_a_tag_is_described_from_public_posts_by_who_may_edit_it(author: Client, model_server: ModelServer) -> None:
    make_post("note", slug="public", body="A clock of brass.", tags=["tides"])
    make_post("note", slug="draft", body="A secret clock.", tags=["tides", "hidden"], is_draft=True, published=None)
    asked = {"about": "tides"}
    assert texts(author.post(reverse("assist:tag_description"), asked)) == ["A sentence of the model's own."]
    assert "clock of brass" in model_server.asked[0].text
    assert "secret" not in model_server.asked[0].text
    assert author.post(reverse("assist:tag_description"), {"about": "hidden"}).status_code == 400
    contributor = Client(headers=JSON)
    contributor.force_login(User.objects.create_user("nils", "", "low-water-at-six", role=Role.CONTRIBUTOR))
    assert contributor.post(reverse("assist:tag_description"), asked).status_code == 403
    assert len(model_server.asked) == 1
    assert Tag.objects.get(slug="tides").description == ""


@pytest.mark.parametrize("page", ["tags", "title"])
def test_nothing_is_asked_about_an_empty_or_endless_form(page: str, author: Client, model_server: ModelServer) -> None:
    make_post("note")
    assert author.post(reverse(f"assist:{page}")).status_code == 400
    assert author.post(reverse(f"assist:{page}"), {"body": "x" * 1_000_001}).status_code == 413
    assert not model_server.asked


@pytest.mark.parametrize(
    "reply", [Reply("no JSON"), Reply('{"tags": "tides", "title": 7}'), Reply("[]"), Reply("", status=500)]
)
@pytest.mark.parametrize("page", ["tags", "title"])
def test_an_answer_of_no_use_is_a_sentence_for_the_author(
    page: str, reply: Reply, author: Client, model_server: ModelServer
) -> None:
    make_post("note")
    model_server.answers.extend([reply] * 3)
    answer = author.post(reverse(f"assist:{page}"), {"body": "A clock of brass."})
    assert answer.status_code in (200, 503)
    if answer.status_code == 200:  # a title that is a number is a title
        assert (page, texts(answer)) == ("title", ["7"])
    else:
        assert answer.json()["problem"].endswith((".", ")."))


def test_past_the_months_limit_nothing_is_asked(author: Client, model_server: ModelServer, settings: Any) -> None:
    settings.LINKLOG_MODEL_CAP = 0
    answer = author.post(reverse("assist:title"), {"body": "A clock of brass."})
    assert answer.status_code == 429
    assert "limit" in answer.json()["problem"]
    assert not model_server.asked


def test_without_a_model_there_are_no_buttons(owner: User, author: Client, settings: Any) -> None:
    make_post("note")
    pages = [reverse("write:new", args=["blogmark"]), reverse("admin:posts_tag_change", args=[Tag.objects.all()[0].pk])]
    settings.LINKLOG_MODEL = ""
    assert not [page for page in pages if "<model-suggestion" in author.get(page).content.decode()]
    assert author.post(reverse("assist:title"), {"body": "A clock."}).status_code == 503
    settings.LINKLOG_TASK_MODELS = {"tag-description": "some-model", "title": "some-model"}
    assert [author.get(page).content.decode().count("<model-suggestion") for page in pages] == [1, 1]


@pytest.mark.parametrize("name", ["tags", "title", "passages", "tag_description"])
def test_a_form_with_characters_that_no_database_takes_is_answered(
    name: str, author: Client, model_server: ModelServer
) -> None:
    make_post("entry", title="Clocks", tags=["tides"])
    fields = dict.fromkeys(("about", "body", "title", "tag_names", "capture"), "a\0b")
    answer = author.post(reverse(f"assist:{name}"), fields | {"link_url": "https://clocks.example/\0"})
    assert answer.status_code < 500
    assert answer.json().keys() & {"suggestion", "problem"}
