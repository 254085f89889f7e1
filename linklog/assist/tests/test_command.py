"""`linklog alt-text --missing`: which images it takes, what it asks before, and where it stops."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from linklog.assist import alt_text, ledger
from linklog.assist.costs import cost_text
from linklog.images.models import AltDraft, MediaUse
from linklog.posts.models import Post
from tests.builders import NOON, make_post
from tests.model_server import MODEL, PLAIN_MODEL, ModelServer, Reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _images(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = settings.LINKLOG_MEDIA = str(tmp_path / "media")
    (tmp_path / "media").mkdir()
    for number in range(4):
        Image.new("RGB", (40 + number, 30), "teal").save(tmp_path / "media" / f"{number}.png")
        make_post("note", body=f"Number {number}.\n\n![](/media/{number}.png)", published=NOON.replace(day=number + 1))


def sweep(*arguments: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("alt-text", "--missing", "--json", "--yes", *arguments, stdout=out, stderr=io.StringIO())
    finally:
        sweep.found = [json.loads(line) for line in out.getvalue().splitlines()]  # type: ignore[attr-defined]
    return list(sweep.found)  # type: ignore[attr-defined]


def test_each_image_without_words_gets_a_draft_and_no_post_changes(model_server: ModelServer) -> None:
    make_post("note", body="A draft ![](/media/0.png)", is_draft=True)
    make_post("note", body="Described ![A field](/media/1.png)")
    before = list(Post.objects.order_by("pk").values())
    *rows, sums = sweep()
    assert [row["src"] for row in rows] == [f"/media/{number}.png" for number in (3, 2, 1, 0)]  # the newest first
    assert rows[0]["draft"] == "A picture of 43 by 30 pixels."
    assert "Number 3." in model_server.asked[0].text
    assert sums | {"cost": 0} == {"drafted": 4, "passed_over": 0, "cost": 0, "left": 0}
    assert Decimal(str(sums["cost"])) == ledger.spent()
    assert set(MediaUse.objects.filter(is_image=True, post__is_draft=False).values_list("state", flat=True)) == {
        "drafted",
        "reviewed",
    }
    assert list(Post.objects.order_by("pk").values()) == before


def test_what_is_done_is_not_asked_again(model_server: ModelServer) -> None:
    assert sweep("--limit", "3")[-1]["left"] == 1
    assert sweep()[-1]["drafted"] == 1
    assert sweep() == [{"drafted": 0, "passed_over": 0, "cost": 0.0, "left": 0}]
    assert len(model_server.asked) == 4


def test_it_stops_before_what_might_pass_the_sum(model_server: ModelServer) -> None:
    most = alt_text.most_for_one(MODEL)
    model_server.answer = lambda asked: Reply("Teal.", usage=(1_000, 0, 20))
    each = (1_000 * Decimal("0.0375") + 20 * Decimal("0.15")) / 1_000_000
    with pytest.raises(CommandError, match="might cost") as stopped:
        sweep("--max-cost", str(each + most / 2))
    assert stopped.value.returncode == 3
    assert ledger.spent() <= each + most / 2
    assert ledger.spent() == each * AltDraft.objects.count() > 0


def test_the_months_limit_stops_it_as_well(model_server: ModelServer, settings: Any) -> None:
    settings.LINKLOG_MODEL_CAP = Decimal("0.0000001")
    with pytest.raises(CommandError, match="month's limit"):
        sweep()
    assert model_server.asked == []


def test_what_cannot_be_read_is_passed_over_and_told(model_server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "media" / "3.png").write_text("<html>")
    (tmp_path / "media" / "2.png").unlink()
    rows = sweep()
    assert [bool(row.get("problem")) for row in rows[:-1]] == [True, True, False, False]
    assert rows[-1] | {"cost": 0} == {"drafted": 2, "passed_over": 2, "cost": 0, "left": 2}


def test_a_model_that_is_gone_stops_it(model_server: ModelServer) -> None:
    model_server.answer = lambda asked: Reply(status=401)
    with pytest.raises(CommandError, match="three times"):
        sweep()
    assert len(model_server.asked) == 3


def test_an_interruption_keeps_what_is_there(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = iter([None, KeyboardInterrupt])
    note = alt_text.uses.note_draft

    def noted(src: str, text: str) -> Any:
        if error := next(drafts):
            raise error
        return note(src, text)

    monkeypatch.setattr(alt_text.uses, "note_draft", noted)
    with pytest.raises(CommandError, match="Stopped"):
        sweep()
    assert AltDraft.objects.count() == 1
    assert sweep.found[-1]["left"] == 3  # type: ignore[attr-defined]


def test_it_tells_what_it_may_cost_and_asks_first(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    said = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was asked"):
        call_command("alt-text", "--missing", stderr=said)
    assert f"4 images: {cost_text(4 * alt_text.most_for_one(MODEL))} at most." in said.getvalue()
    assert model_server.asked == []
    monkeypatch.setattr("builtins.input", lambda question: "y")
    out = io.StringIO()
    call_command("alt-text", "--missing", "--limit", "1", stdout=out, stderr=said)
    assert out.getvalue().startswith("1 drafted, 0 passed over, 3 left, for 0.00")
    monkeypatch.setattr("builtins.input", lambda question: "n")
    with pytest.raises(CommandError):
        call_command("alt-text", "--missing", stderr=said)
    assert "as the last ones did" in said.getvalue()


def test_what_is_estimated_is_never_less_than_what_it_costs(model_server: ModelServer) -> None:
    model_server.answer = lambda asked: Reply("Word " * 60, usage=(2_900, 0, 200))
    most = alt_text.most_for_one(MODEL)
    sweep("--limit", "1")
    assert ledger.spent() <= most


def test_without_a_terminal_or_a_model_it_says_what_is_missing(model_server: ModelServer, settings: Any) -> None:
    with pytest.raises(CommandError, match="--yes"):
        call_command("alt-text", "--missing", stderr=io.StringIO())
    settings.LINKLOG_MODEL = ""
    with pytest.raises(CommandError, match="LINKLOG_MODEL"):
        call_command("alt-text", "--missing")


def test_images_that_cannot_be_read_are_not_in_the_way_of_others(model_server: ModelServer, tmp_path: Path) -> None:
    for number in (3, 2):
        (tmp_path / "media" / f"{number}.png").unlink()
    assert sweep("--limit", "1")[-1]["drafted"] == 1
    assert sweep("--limit", "1")[-1]["drafted"] == 1
    assert list(AltDraft.objects.order_by("pk").values_list("src", flat=True)) == ["/media/1.png", "/media/0.png"]


def test_it_says_what_the_last_ones_cost_of_a_model_by_its_other_name_and_where_no_price_is_known(
    model_server: ModelServer, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "llm" / "aliases.json").write_text(json.dumps({"flash": MODEL}))
    settings.LINKLOG_MODEL = "flash"
    sweep("--limit", "1")
    said = io.StringIO()
    with pytest.raises(CommandError, match="--yes"):
        call_command("alt-text", "--missing", stderr=said)
    assert "as the last ones did" in said.getvalue()
    assert "not known" not in said.getvalue()
    with pytest.raises(CommandError, match="--yes"):
        call_command("alt-text", "--missing", "--model", PLAIN_MODEL, stderr=said)
    assert f"The price of {PLAIN_MODEL} is not known." in said.getvalue()
