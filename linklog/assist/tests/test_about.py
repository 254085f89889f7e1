"""The page about the assistant: it says what is on, what is sent where, and what it cost; and shows words as words."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linklog.accounts.models import Role, User
from linklog.assist import overview
from linklog.assist.costs import scale_top
from linklog.assist.models import ModelCall, Price
from tests.model_server import MODEL, PLAIN_MODEL, ModelServer

pytestmark = pytest.mark.django_db
FIELDS = {"task": "tags", "model": MODEL, "prompt_version": "0", "state": "done"}


@pytest.fixture
def page(client: Client) -> Any:
    client.force_login(User.objects.create_user("ada", password="x", role=Role.OWNER))
    return lambda: client.get(reverse("assist:about")).content.decode()


def test_without_a_model_it_says_how_to_switch_it_on(page: Any) -> None:
    assert "It is off" in page()
    assert "LINKLOG_MODEL" in page()


def test_it_tells_of_each_task_what_is_sent_where(model_server: ModelServer, settings: Any, page: Any) -> None:
    settings.LINKLOG_TASK_MODELS = {"title": PLAIN_MODEL, "tags": "gpt-4.1-mini", "passages": "nobody"}
    text = page()
    assert "It is off" not in text
    for label, sends in overview.TASKS.values():
        assert str(label) in text
        assert str(sends) in text
    assert model_server.url.removeprefix("http://") in text
    assert "api.openai.com" in text
    assert "$0.0375 in, $0.15 out, since October 2024" in text
    assert "no model nobody" in text
    assert model_server.asked == []


def test_it_adds_up_the_month_and_draws_the_months(page: Any) -> None:
    for days in (0, 0, 40):
        ModelCall.objects.create(**FIELDS, dollars=Decimal("0.25"), asked=timezone.now() - dt.timedelta(days))
    ModelCall.objects.create(**FIELDS, dollars=None, reserved_dollars=Decimal("1"))
    text = page()
    assert "<strong>$1.50</strong> of $5.00 at most" in text
    assert "no known price" in text
    assert text.count("<rect") == overview.MONTHS
    assert "price not known" in text


def test_words_of_others_are_words(page: Any) -> None:
    ModelCall.objects.create(**FIELDS | {"model": "<script>x</script>"}, problem='"><img src=x onerror=x>', dollars=0)
    assert "<script>x" not in page()
    assert "<img src=x" not in page()


def test_prices_and_prompts_are_the_owners(model_server: ModelServer, client: Client, page: Any) -> None:
    assert reverse("admin:assist_price_changelist") in page()
    client.force_login(User.objects.create_user("cy", password="x", role=Role.CONTRIBUTOR))
    assert reverse("admin:assist_price_changelist") not in page()
    client.force_login(User.objects.create_user("ed", password="x", role=Role.EDITOR))
    assert client.get(reverse("admin:assist_price_changelist")).status_code == 403


@pytest.mark.parametrize(
    ("dollars", "top"), [("0", "0.0000004"), ("0.07", "0.08"), ("3", "4"), ("4.1", "8"), ("19", "20"), ("21", "40")]
)
def test_a_scale_divides_into_round_steps(dollars: str, top: str) -> None:
    assert scale_top(Decimal(dollars)) == Decimal(top)


def test_an_unknown_price_is_said_plainly_with_the_way_to_set_it(
    model_server: ModelServer, settings: Any, client: Client, page: Any
) -> None:
    settings.LINKLOG_TASK_MODELS = {"title": PLAIN_MODEL}
    said = f"The price of {PLAIN_MODEL} is not known. Until it is set, it counts as the dearest known: $30.00 in and $75.00 out"
    add = f"{reverse('admin:assist_price_add')}?model={PLAIN_MODEL}"
    text = page()
    assert text.count(said) == text.count(f'href="{add}"') == 1
    assert f'value="{PLAIN_MODEL}"' in client.get(add).content.decode()
    Price.objects.create(model=PLAIN_MODEL, since="2020-01-01", input=0, output=0)
    assert "is not known" not in page()
    assert "$0.00 in, $0.00 out" in page()


def test_no_price_is_negative(client: Client, page: Any) -> None:
    fields = {"model": "x", "since": "2020-01-01", "input": "1", "cached_input": "", "output": "-1"}
    page()
    client.post(reverse("admin:assist_price_add"), fields)
    assert not Price.objects.exists()
    client.post(reverse("admin:assist_price_add"), fields | {"output": "1"})
    assert Price.objects.exists()
