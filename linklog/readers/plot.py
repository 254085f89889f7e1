"""A FeedHistory as the coordinates of an SVG drawing. Lines and colours are the style sheet's: readers.css."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format

from linklog.readers.history import FeedHistory

WIDTH, HEIGHT = 720, 256
LEFT, RIGHT, TOP, BOTTOM = 88, 24, 16, 60
STEPS_Y = 4
LABELS_X = 6


@dataclass(frozen=True)
class Tick:
    """A label on an axis, and where it stands."""

    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """A name, the class of its colour, and its points as SVG has them."""

    name: str
    css_class: str
    points: str
    last: int


@dataclass(frozen=True)
class Plot:
    """One feed's drawing."""

    history: FeedHistory
    lines: list[Line]
    ticks_x: list[Tick]
    ticks_y: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def plot(history: FeedHistory, total_name: str) -> Plot:
    top = round_up(max(history.total))
    places = _places(len(history.days))
    named = [(total_name, "line-total", history.total)]
    if len(history.readers) > 1:
        named += [(name, f"line-{number}", counts) for number, (name, counts) in enumerate(history.readers, 1)]
    lines = [Line(name, css_class, _points(places, counts, top), counts[-1]) for name, css_class, counts in named]
    return Plot(history, lines, _day_ticks(places, history.days), _count_ticks(top))


def round_up(number: int) -> int:
    """The least of 4, 8, 20, 40, 80, 200 … that holds `number`: it divides into four whole steps."""
    size = 1
    while True:
        for step in (4, 8, 20):
            if number <= step * size:
                return step * size
        size *= 10


def _places(count: int) -> list[float]:
    """Where each of `count` days stands from left to right."""
    width = WIDTH - LEFT - RIGHT
    return [round(LEFT + width * number / max(count - 1, 1), 1) for number in range(count)]


def _height_of(count: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / top, 1)


def _points(places: list[float], counts: list[int], top: int) -> str:
    return " ".join(f"{x},{_height_of(count, top)}" for x, count in zip(places, counts, strict=True))


def _day_ticks(places: list[float], days: list[dt.date]) -> list[Tick]:
    every = max((len(days) - 1) // (LABELS_X - 1), 1)
    return [Tick(places[number], date_format(days[number], "j M")) for number in range(0, len(days), every)]


def _count_ticks(top: int) -> list[Tick]:
    counts = [top * step // STEPS_Y for step in range(STEPS_Y + 1)]
    return [Tick(_height_of(count, top), f"{count:,}") for count in counts]
