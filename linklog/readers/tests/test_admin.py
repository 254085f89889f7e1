"""The plot of subscribers in the admin."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from linklog.readers.history import histories, latest_counts
from linklog.readers.models import FeedReading
from linklog.readers.plot import plot, round_up

TODAY = dt.date(2025, 3, 21)
URL = "/admin/readers/feedreading/"


def tell(feed: str, reader: str, counts: dict[int, int]) -> None:
    """`counts` maps days ago to subscribers."""
    FeedReading.objects.bulk_create(
        FeedReading(day=TODAY - dt.timedelta(days=ago), feed=feed, reader=reader, subscribers=count)
        for ago, count in counts.items()
    )


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2025, 3, 21, 12, tzinfo=dt.UTC), tick=False):
        yield


def test_a_total_is_the_sum_of_what_each_reader_told_last(db: None) -> None:
    tell("/atom/everything/", "Feedbin", {3: 10, 2: 12})
    tell("/atom/everything/", "Feedly", {2: 5, 0: 7})
    (history,) = histories(TODAY, 5)
    assert history.total == [0, 10, 17, 17, 19]
    assert history.readers == [("Feedbin", [0, 10, 12, 12, 12]), ("Feedly", [0, 0, 5, 5, 7])]
    assert history.rows[0] == (TODAY, 19)


def test_a_reader_is_forgotten_after_two_weeks_of_silence_and_remembered_from_before_the_first_day_shown() -> None:
    days = [TODAY + dt.timedelta(days=number) for number in range(20)]
    counts = latest_counts(days, {TODAY - dt.timedelta(days=3): 4})
    assert counts == [4] * 12 + [0] * 8


def test_the_feeds_with_most_subscribers_stand_first_and_silent_ones_not_at_all(db: None) -> None:
    tell("/rss/everything/", "Feedbin", {0: 3})
    tell("/atom/everything/", "Feedbin", {0: 30})
    tell("/json/everything/", "Feedbin", {0: 0})
    tell("/atom/notes/", "Feedbin", {300: 9})
    assert [history.feed for history in histories(TODAY, 30)] == ["/atom/everything/", "/rss/everything/"]


@pytest.mark.parametrize(
    ("number", "top"), [(0, 4), (1, 4), (4, 4), (5, 8), (9, 20), (21, 40), (81, 200), (10_000_000, 20_000_000)]
)
def test_the_axis_ends_at_a_round_number_of_four_whole_steps(number: int, top: int) -> None:
    assert round_up(number) == top


def test_a_plot_keeps_every_point_within_its_axes(db: None) -> None:
    for number in range(6):
        tell("/atom/everything/", f"Reader {number}", {ago: ago * number + 1 for ago in range(90)})
    drawn = plot(histories(TODAY, 90)[0], "All")
    assert [line.name for line in drawn.lines] == ["All", "Reader 5", "Reader 4", "Reader 3", "Reader 2"]
    for line in drawn.lines:
        points = [tuple(map(float, point.split(","))) for point in line.points.split()]
        assert len(points) == 90
        assert all(drawn.left <= x <= drawn.right and drawn.top <= y <= drawn.bottom for x, y in points)


def test_the_page_draws_without_inline_style_and_says_the_same_in_a_table(admin_client: Client) -> None:
    tell("/atom/everything/", '<script>"Reader', {ago: 1200 + ago for ago in range(30)})
    tell("/atom/everything/", "Feedly", {0: 34})
    body = admin_client.get(f"{URL}?days=30").content.decode()
    assert "<polyline" in body
    assert 'role="img"' in body
    assert "subscribers" in body
    assert "<td>1,234</td>" in body or "<td>1234</td>" in body
    assert "&lt;script&gt;" in body
    svg = re.search(r"<svg.*?</svg>", body, re.DOTALL)
    assert svg is not None
    assert not re.search(r"style=|<style|<script", svg[0])
    assert "css/readers.css" in body


@pytest.mark.parametrize("query", ["", "?days=365", "?days=abc", "?days=-1", "?o=1&p=x"])
def test_the_page_answers_whatever_span_is_asked_for(admin_client: Client, query: str) -> None:
    assert admin_client.get(URL + query).status_code == 200


def test_the_page_costs_one_query_more_however_many_feeds(admin_client: Client, django_assert_max_num_queries) -> None:
    for number in range(20):
        tell(f"/tags/t{number}.atom", "Feedbin", {0: 5, 1: 6})
    with django_assert_max_num_queries(5):
        response = admin_client.get(URL)
    assert len(response.context["plots"]) == 12


def test_counts_are_for_those_who_may_see_them_and_nobody_may_change_them(
    admin_client: Client, client: Client, db: None
) -> None:
    tell("/atom/everything/", "Feedbin", {0: 5})
    assert client.get(URL).status_code == 302
    assert admin_client.get(f"{URL}add/").status_code == 403
    reading = FeedReading.objects.get()
    assert admin_client.post(f"{URL}{reading.pk}/change/", {"subscribers": 9}).status_code == 403
    assert admin_client.post(f"{URL}{reading.pk}/delete/", {"post": "yes"}).status_code == 403


def test_numbers_stay_numbers_in_a_language_with_a_decimal_comma(admin_client: Client, settings) -> None:
    tell("/atom/everything/", "Feedbin", {ago: 3 + ago for ago in range(30)})
    settings.LANGUAGE_CODE = "de"
    from django.utils import translation

    with translation.override("de"):
        body = admin_client.get(f"{URL}?days=30").content.decode()
    assert not re.search(r'(?:x|y)[12]?="\d+,\d', body)
    assert not re.search(r'viewBox="[^"]*,', body)
