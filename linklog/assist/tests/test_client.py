"""Questions to a model behind a real server: what comes back, what it costs, and what happens when nothing does."""

from decimal import Decimal
from typing import Any

import pytest

from linklog.assist import client, ledger
from linklog.assist.client import Answer, AssistError, Task, ask, stream
from linklog.assist.models import ModelCall, Price
from tests.model_server import MODEL, PLAIN_MODEL, ModelServer, Reply

pytestmark = pytest.mark.django_db(transaction=True)


def words(answer: str) -> str:
    if not answer.strip():
        raise ValueError("nothing")
    return answer.strip()


SCHEMA = {
    "type": "object",
    "properties": {"tags": {"type": "array", "items": {"type": "string", "enum": ["sea", "sky"]}}},
}
TASK = Task("alt-text", {"title": 300, "before": 600, "after": 600}, 200, words)
AS_JSON = Task("alt-text", TASK.fields, 200, lambda value: value["tags"], SCHEMA)
VALUES = {"title": "Tides", "before": "A clock", "after": "of brass"}


def test_an_answer_comes_in_pieces_and_costs_what_the_server_counted(model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock of brass.", usage=(260, 60, 100)))
    *pieces, answer = stream(TASK, VALUES, about="abc")
    assert pieces == ["A", " clock", " of", " brass."]
    assert isinstance(answer, Answer)
    assert answer.value == "A clock of brass."
    assert answer.call.dollars == (200 * Decimal("0.0375") + 60 * Decimal("0.01") + 100 * Decimal("0.15")) / 1_000_000
    assert answer.cost == "0.0023 ¢"
    row = ModelCall.objects.get()
    assert (row.state, row.input_tokens, row.cached_tokens, row.output_tokens) == ("done", 260, 60, 100)
    assert (row.task, row.about, row.dollars) == ("alt-text", "abc", Decimal("0.0000231"))


def test_costs_add_up_to_the_servers_own_count(model_server: ModelServer) -> None:
    for number in range(5):
        ask(TASK, VALUES | {"title": "Tides " * number})
    rows = list(ModelCall.objects.all())
    assert sum(row.input_tokens for row in rows) == model_server.input_tokens
    assert sum(row.output_tokens for row in rows) == model_server.output_tokens
    dollars = (model_server.input_tokens * Decimal("0.0375") + model_server.output_tokens * Decimal("0.15")) / 1_000_000
    assert ledger.spent() == dollars
    assert all(row.dollars < row.reserved_dollars for row in rows)


@pytest.mark.parametrize("model", [MODEL, PLAIN_MODEL])
def test_a_schema_is_sent_to_a_model_that_knows_them_and_told_to_one_that_does_not(
    model_server: ModelServer, model: str
) -> None:
    model_server.answers.append('Here you are:\n```json\n{"tags": ["sea"]}\n```')
    assert ask(AS_JSON, VALUES, model=model).value == ["sea"]
    asked = model_server.asked[0]
    assert (asked.schema == SCHEMA) == (model == MODEL)
    assert ("enum" in asked.system) == (model == PLAIN_MODEL)


def test_a_model_without_a_price_counts_as_the_dearest_one(model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock.", usage=(1000, 0, 100)))
    answer = ask(TASK, VALUES, model=PLAIN_MODEL)
    assert answer.cost == "price not known"
    assert ledger.spent() == (1000 * Decimal(30) + 100 * Decimal(75)) / 1_000_000
    Price.objects.create(model="plain*", since="2020-01-01", input=0, output=0)
    assert ask(TASK, VALUES, model=PLAIN_MODEL).cost == "0 ¢"


def test_a_setting_names_another_model_for_a_task(model_server: ModelServer, settings: Any) -> None:
    settings.LINKLOG_TASK_MODELS = {"alt-text": PLAIN_MODEL}
    assert ask(TASK, VALUES).call.model == PLAIN_MODEL
    settings.LINKLOG_MODEL = ""
    assert client.available("alt-text")
    assert not client.available("tags")


def refused(model_server: ModelServer, task: Task[Any] = TASK, **options: Any) -> str:
    with pytest.raises(AssistError) as caught:
        ask(task, VALUES, **options)
    return str(caught.value)


def test_a_server_that_is_out_of_order_is_asked_twice_and_costs_nothing(model_server: ModelServer) -> None:
    model_server.answer = lambda asked: Reply(status=500, text="<script>x</script>")
    assert refused(model_server) == f"The server of {MODEL} answered with an error (500)."
    assert len(model_server.asked) == 2
    assert (ModelCall.objects.get().state, ledger.spent()) == ("failed", 0)


def test_no_answer_takes_longer_than_its_time(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CALL_SECONDS", 0.5)
    monkeypatch.setattr(client, "_LETTERS_A_TOKEN", 1_000)
    model_server.answers.append(Reply("A clock", is_endless=True))  # drips for ever
    assert "did not answer in" in refused(model_server)
    model_server.answers.append(Reply(is_silent=True))
    assert "did not answer in" in refused(model_server)
    assert {row.state for row in ModelCall.objects.all()} == {"failed"}
    assert ledger.spent() == sum(row.reserved_dollars for row in ModelCall.objects.all())  # it may have cost that


def test_an_answer_is_cut_where_its_tokens_must_have_ended(model_server: ModelServer) -> None:
    model_server.answers.append(Reply("word " * 1_000, is_endless=True))
    answer = ask(TASK, VALUES)
    assert len(answer.text) == TASK.max_output_tokens * 8
    assert answer.call.dollars == answer.call.reserved_dollars


@pytest.mark.parametrize("reply", [Reply(""), Reply("  \n\t")])
def test_an_answer_of_no_use_is_told_and_paid(model_server: ModelServer, reply: Reply) -> None:
    model_server.answers.append(reply)
    assert "cannot be used" in refused(model_server)
    row = ModelCall.objects.get()
    assert row.state == "failed"
    assert row.output_tokens == model_server.output_tokens
    assert row.dollars


@pytest.mark.parametrize(
    "text", ["", "no", "{", '{"tags": ', "[1]", '{"others": 1}', "{" * 5_000, '{"tags"' + ":{" * 400]
)
def test_json_that_is_none_is_told(model_server: ModelServer, text: str) -> None:
    model_server.answers.append(text)
    assert "cannot be used" in refused(model_server, AS_JSON)


def test_usage_that_cannot_be_true_does_not_break_the_ledger(model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock", usage=(10**15, 10**16, -5)))
    row = ask(TASK, VALUES).call
    assert (row.input_tokens, row.cached_tokens, row.output_tokens) == (10**9, 10**9, 0)
    row.refresh_from_db()
    assert row.dollars == 10


def test_a_server_that_does_not_count_costs_what_was_set_aside(model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock", has_usage=False))
    call = ask(TASK, VALUES).call
    assert call.dollars == call.reserved_dollars > 0


def test_who_leaves_in_the_middle_has_paid_for_it(model_server: ModelServer) -> None:
    model_server.answers.append(Reply("A clock", is_endless=True))
    pieces = stream(TASK, VALUES)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    row = ModelCall.objects.get()
    assert (row.state, row.dollars) == ("failed", row.reserved_dollars)


def test_a_wrong_key_and_a_missing_model_are_told_without_what_they_are(
    model_server: ModelServer, tmp_path: Any
) -> None:
    (tmp_path / "llm" / "keys.json").write_text('{"tests": "sk-wrong-secret"}')
    assert refused(model_server) == f"The server of {MODEL} answered with an error (401)."
    assert "no model nobody" in refused(model_server, model="nobody")
    (tmp_path / "llm" / "keys.json").write_text("{}")
    assert "key" in refused(model_server)
    assert ledger.spent() == 0


def test_a_model_that_knows_no_images_is_not_asked_for_one(model_server: ModelServer) -> None:
    picture = client.Picture(b"\xff\xd8", "image/jpeg", 10, 10)
    assert "cannot take" in refused(model_server, attachments=[picture], model=PLAIN_MODEL)
    assert model_server.asked == []


def test_no_more_than_two_questions_are_under_way(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_WAIT_SECONDS", 0.1)
    waiting = [stream(TASK, VALUES) for _number in range(2)]
    model_server.answers.extend([Reply("One", is_endless=True)] * 2)
    for pieces in waiting:
        next(pieces)
    assert "still under way" in refused(model_server)
    for pieces in waiting:
        pieces.close()  # type: ignore[attr-defined]
    assert ask(TASK, VALUES).value


def test_an_answer_that_is_nonsense_may_have_cost_something(model_server: ModelServer) -> None:
    model_server.answers.append(Reply(is_nonsense=True))
    assert "gave no answer" in refused(model_server)
    assert len(model_server.asked) == 1
    row = ModelCall.objects.get()
    assert row.dollars == row.reserved_dollars > 0
