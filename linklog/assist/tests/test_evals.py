"""Evaluations: what the archive tells of suggestions, what is asked of a model and what is not asked again."""

import io
import json
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation
from lxml import etree

from linklog.assist.evals import plot, scoring
from linklog.assist.evals.answers import Answers, Kept, key_of
from linklog.assist.evals.catalogue import EVALUATIONS
from linklog.assist.evals.run import Outcome
from linklog.assist.models import ModelCall, Price
from linklog.images.models import MediaUse
from tests.builders import NOON, make_archive, make_post
from tests.model_server import MODEL, PLAIN_MODEL, Asked, ModelServer, Reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def evals(what: str, *options: str) -> dict[str, Any]:
    """The methods by their names, and what else is told."""
    output = io.StringIO()
    call_command("evals", what, "--json", "--yes", *options, stdout=output, stderr=io.StringIO())
    found = json.loads(output.getvalue())
    return found | {"methods": {row["method"]: row for row in found["methods"]}}


def test_scores_of_tags_are_precision_recall_and_their_harmonic_mean() -> None:
    assert scoring.of_tags(["a", "b", "c", "d"], ["a", "b", "x"]) == {
        "F1": pytest.approx(4 / 7),
        "precision": pytest.approx(2 / 3),
        "recall": 0.5,
    }
    assert scoring.of_tags(["a"], []) == {"F1": 0, "precision": 0, "recall": 0}
    assert scoring.of_tags(["a"], ["a", "a"])["F1"] == 1


def test_scores_of_texts_are_likeness_and_the_edits_that_were_saved() -> None:
    assert set(scoring.of_text("A clock", "A clock").values()) == {1}
    assert set(scoring.of_text("A clock", "").values()) == {0}
    assert scoring.of_text("tide clock", "clock tide")["words"] == 1
    assert scoring.of_text("A clock of brass", "A clock of glass")["edits saved"] == 1 - 2 / 16
    assert scoring.of_text("A clock", "x" * 500)["edits saved"] == 0


def test_a_mean_tells_how_far_off_it_may_be() -> None:
    assert scoring.mean([]) == scoring.Mean(0, 0)
    assert scoring.mean([0.5]) == scoring.Mean(0.5, 0)
    found = scoring.mean([0, 1] * 50)
    assert found.value == 0.5
    assert found.spread == pytest.approx(0.0985, abs=0.0005)


def test_tags_are_guessed_from_older_posts_alone() -> None:
    make_post("note", slug="old", body="Brass clocks.", tags=["brass"])
    make_post("note", slug="new", body="Brass clocks, too.", tags=["later"], published=NOON.replace(day=24))
    (case,) = EVALUATIONS["tags"].cases(10, 1)  # before the first post there was no tag to choose
    assert case.truth == ["later"]
    assert case.hints.vocabulary == ["brass"]
    found = evals("tags")["methods"]
    assert set(found) == {"most-used", "nearest", "suggested", "perfect"}
    assert all(found[name]["recall"]["mean"] == 0 for name in found)


def test_the_same_seed_draws_the_same_posts() -> None:
    make_archive(40)
    codes = [[case.code for case in EVALUATIONS["tags"].cases(10, seed)] for seed in (1, 1, 2)]
    assert codes[0] == codes[1] != codes[2]
    assert len(set(codes[0])) == 10


def test_baselines_are_told_apart_by_what_they_know() -> None:
    make_archive(40)
    found = evals("tags", "--sample", "20")["methods"]
    assert found["perfect"]["F1"]["mean"] > found["suggested"]["F1"]["mean"] > 0
    assert found["most-used"]["dollars_each"] == 0
    assert not ModelCall.objects.exists()


def test_a_model_is_measured_beside_them_and_never_asked_twice(model_server: ModelServer) -> None:
    make_archive(21)
    chosen: list[str] = []

    def answer(asked: Asked) -> str:
        chosen.append("tides")
        return json.dumps({"tags": ["tides"]})

    model_server.answer = answer
    found = evals("tags", "--sample", "10")
    row = found["methods"][MODEL]
    assert row["answers"] == len(chosen) == 10
    assert row["precision"]["mean"] == 1
    assert row["seconds"] > 0
    spent = sum(call.dollars or 0 for call in ModelCall.objects.all())
    assert found["spent"] == pytest.approx(float(spent))
    assert row["dollars_each"] == pytest.approx(float(spent / 10))
    again = evals("tags", "--sample", "10")
    assert len(chosen) == 10
    assert again["spent"] == 0
    assert again["methods"][MODEL] == row
    evals("tags", "--sample", "20")
    assert len(chosen) > 15


def test_who_was_stopped_goes_on_and_the_cap_holds_to_the_cent(model_server: ModelServer, settings: Any) -> None:
    make_archive(21)
    Price.objects.create(model=f"{MODEL}*", since="2020-01-01", input=1, output=1)
    model_server.answer = lambda asked: Reply(json.dumps({"tags": []}), usage=(2_000, 0, 100))
    with pytest.raises(CommandError, match="the same command goes on"):
        evals("tags", "--sample", "10", "--max-cost", "0.012")
    first = len(model_server.asked)
    assert 0 < first < 10
    assert sum(call.dollars or 0 for call in ModelCall.objects.all()) <= Decimal("0.012")
    settings.LINKLOG_MODEL_CAP = Decimal("0.0122")
    with pytest.raises(CommandError, match="limit"):
        evals("tags", "--sample", "10")
    settings.LINKLOG_MODEL_CAP = 5
    assert evals("tags", "--sample", "10")["methods"][MODEL]["answers"] == 10
    assert len(model_server.asked) == 10


def test_a_line_that_was_broken_off_costs_one_answer(tmp_path: Path) -> None:
    answers = Answers("tags")
    keys = [key_of("m", "v", code, {"title": "Tides"}) for code in "abc"]
    assert len(set(keys)) == 3
    for key, code in zip(keys[:2], "ab", strict=True):
        answers.keep(key, Kept("m", "v", code, ["tides"], 0.1, "0.01"))
    path = tmp_path / "evals" / "tags.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    answers = Answers("tags")
    answers.keep(keys[2], Kept("m", "v", "c", [], 0.1, None))
    answers = Answers("tags")
    assert [bool(answers.of(key)) for key in keys] == [True, False, True]
    assert answers.of(keys[2]) == Kept("m", "v", "c", [], 0.1, None)


def test_a_model_that_fails_is_given_up_and_what_others_answered_is_told(
    model_server: ModelServer, tmp_path: Path
) -> None:
    make_archive(12)
    model_server.answer = lambda asked: Reply("", status=400)
    output = io.StringIO()
    with pytest.raises(CommandError, match="3 times in a row"):
        call_command("evals", "tags", "--yes", plot=tmp_path / "tags.svg", stdout=output, stderr=io.StringIO())
    assert "most-used" in output.getvalue()
    (line,) = (line for line in output.getvalue().splitlines() if line.startswith(MODEL))
    assert line.split()[2:] == ["0", *"–" * 5]  # it is not said to cost nothing, nor drawn so
    assert MODEL not in (tmp_path / "tags.svg").read_text()
    with pytest.raises(CommandError, match="no model nosuch"):
        evals("tags", "--models", f"{MODEL},nosuch")


def test_titles_are_held_against_those_published(model_server: ModelServer) -> None:
    make_post("blogmark", body="Brass clocks that follow the moon and lose fifty minutes each day.")
    model_server.answer = lambda asked: json.dumps({"title": "A field guide to tide clocks", "summary": "It is."})
    found = evals("titles", "--models", f"{MODEL},{PLAIN_MODEL}")["methods"]
    assert found[MODEL]["edits saved"]["mean"] == 1
    assert found[PLAIN_MODEL]["dollars_each"] is None
    assert found["address"]["words"]["mean"] > 0
    assert "A field guide" not in model_server.asked[0].text


def test_alt_text_is_held_against_the_authors_and_is_not_told_to_the_model(
    model_server: ModelServer, settings: Any, tmp_path: Path
) -> None:
    from PIL import Image

    settings.MEDIA_ROOT = settings.LINKLOG_MEDIA = str(tmp_path / "media")
    (tmp_path / "media").mkdir()
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "media" / "a-tide-clock.png")
    alt = "A clock of brass (by Ada)"
    make_post("entry", body=f"Look at this.\n\n![{alt}](/media/a-tide-clock.png)\n\nIt knows.")
    assert MediaUse.objects.get().state == MediaUse.Alt.REVIEWED
    found = evals("alt-text")["methods"]
    assert found["file-name"]["words"]["mean"] > 0
    assert found[MODEL]["answers"] == 1
    assert "Look at this." in model_server.asked[0].text
    assert alt not in model_server.asked[0].text
    assert len(model_server.asked[0].images) == 1


def test_a_drawing_shows_every_method_with_what_it_may_truly_be(tmp_path: Path, model_server: ModelServer) -> None:
    make_archive(12)
    model_server.answer = lambda asked: json.dumps({"tags": ["tides"]})
    evals("tags", "--models", f"{MODEL},{PLAIN_MODEL}", "--plot", str(tmp_path / "tags.svg"))
    drawing = etree.parse(tmp_path / "tags.svg").getroot()
    texts = ["".join(node.itertext()) for node in drawing.iter("{*}text")]
    assert {"most-used", "suggested", MODEL, f"{PLAIN_MODEL} (price not known)"} <= set(texts)
    assert drawing.find("{*}title").text == "tags: 11 cases, seed 1"
    assert f"{MODEL}: F1" in drawing.find("{*}desc").text
    with pytest.raises(CommandError, match="cannot be written"):
        evals("tags", "--models", "none", "--plot", str(tmp_path / "nowhere" / "tags.svg"))


def test_names_in_a_drawing_do_not_lie_upon_each_other() -> None:
    outcomes = [Outcome(f"m{n}", scores=[{"F1": 0.02}], seconds=[1], dollars=[Decimal(n) / 10]) for n in range(9)]
    marks = plot.apart([plot._mark(outcome, "F1", 800) for outcome in outcomes])
    places = [mark.name_y for mark in marks]
    assert all(later - earlier >= plot.LINE for earlier, later in pairwise(places))
    assert places[0] > plot.TOP
    assert places[-1] <= plot.HEIGHT - plot.BOTTOM


def test_without_a_terminal_it_says_what_it_may_cost_and_asks_nothing(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_archive(4)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    errors = io.StringIO()
    with pytest.raises(CommandError, match="--yes"):
        call_command("evals", "tags", stdout=io.StringIO(), stderr=errors)
    assert f"3 questions to {MODEL}" in errors.getvalue()
    assert "at most" in errors.getvalue()
    assert not model_server.asked


def test_an_empty_site_has_nothing_to_guess_at(settings: Any) -> None:
    settings.LINKLOG_MODEL = ""
    for what in EVALUATIONS:
        with pytest.raises(CommandError, match="No public post"):
            evals(what)


def test_a_drawing_has_the_same_coordinates_in_every_language() -> None:
    outcomes = [Outcome("m", scores=[{"F1": 0.51}], seconds=[1], dollars=[Decimal("0.1")])]
    drawn = plot.svg("Tags", "F1", outcomes)
    with translation.override("de"):
        assert plot.svg("Tags", "F1", outcomes) == drawn


def test_what_others_ask_meanwhile_is_not_of_its_sum(model_server: ModelServer) -> None:
    make_archive(4)

    def answer(asked: Asked) -> str:
        ModelCall.objects.create(task="title", model=MODEL, prompt_version="0", state="done", dollars=1)
        connection.close()  # this is a thread of the server's
        return json.dumps({"tags": []})

    model_server.answer = answer
    found = evals("tags", "--max-cost", "0.50")
    assert found["methods"][MODEL]["answers"] == len(model_server.asked) == 3
    assert 0 < found["spent"] < 0.5
