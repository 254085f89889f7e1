"""Some four hundred posts that differ in everything search asks about, the same at every call: a fixed seed, no clock."""

import datetime as dt
from random import Random
from typing import Any

from linklog.posts.models import KINDS, Post, Series
from tests.builders import make_post

COUNT = 400
FAR = dt.datetime(2099, 3, 1, 12, 0, tzinfo=dt.UTC)
FIRST = dt.datetime(2019, 1, 5, 8, 0, tzinfo=dt.UTC)

# The common ones first: the nth is drawn in proportion to 1/n
_SPOKEN = """
the tide a of water low harbour clock and tides in moon it's clocks read reading brass don't python reads is running runs
Python café Café cafe c++ C++ c c# node.js Node.js nodes .NET f# snake_case snake wi-fi wifi naïve naive O'Reilly l'amour
data database databases model models modelling open opened opening Straße strasse Øre ore Łódź мой ёлка елка книга книги 日本語
日本 テキスト ภาษา שָׁלוֹם שלום 👍🏽 👩‍💻 ½ 42 2024 v2.0 x_1 émigré résumé Résumé resume kings queen's NEAR not or AND über uber sea seas
salt salty lighthouse lighthouses ebb flood flooding flooded current currently currents mooring moored map maps mapped chart
charts sailing sails sailor anchors anchor weather forecasts forecast bell bells rope knots knot fathom fathoms buoy buoys
"""
VOCABULARY = _SPOKEN.split()
TAGS = [
    "tides",
    "clocks",
    "C++",
    "Node.js",
    "Ünder Water",
    "日本",
    "rare one",
    *(f"tag {number}" for number in range(60)),
]
PEOPLE = ["Ada Bell", "Zoë Ångström", "O'Hara", *(f"Person {number}" for number in range(58))]
SERIES = ["Low water", "Tidal models", "C++ at sea"]
SITES = [
    "clocks.example",
    "www.harbour.example",
    "xn--bcher-kva.example",
    *(f"site-{number}.example" for number in range(57)),
]
EXTRAS = [
    "`brass = 1`", "```python\nimport tides\n```", "> The moon\n> said so.", "![A lighthouse](https://img.example/l.png)",
    "| low | water |\n|---|---|\n| tide | clock |", "# Salt & knots",
    "*Read* **the** [chart](https://chart.example/map)s", "- ebb\n- flood",
]  # fmt: skip


def make_varied_posts(count: int = COUNT) -> list[Post]:
    """Posts of every kind and state, as common words, tags, people and sites are common in life: a few often, most seldom."""
    random = Random(20_240_101)
    series = [Series.objects.create(name=name) for name in SERIES]
    return [make_post(**_fields(random, number, series)) for number in range(count)]


def _fields(random: Random, number: int, series: list[Series]) -> dict[str, Any]:
    kind = random.choices(list(KINDS), [2, 5, 2, 3])[0]
    fields: dict[str, Any] = {
        "kind": kind,
        "slug": f"post-{number}",
        "title": _text(random, 2, 6) if kind in ("entry", "blogmark") or random.random() < 0.2 else "",
        "body": "\n\n".join([_text(random, 5, 50), *random.sample(EXTRAS, random.choice([0, 0, 1, 2]))]),
        "link_url": f"https://{_one(random, SITES)}/{_one(random, ['low', 'tides', 'c++', 'a-clock'])}",
        "via_url": "https://friend.example/links" if random.random() < 0.3 else "",
        "via_title": _text(random, 1, 3) if random.random() < 0.3 else "",
        "context": _text(random, 1, 4) if kind == "quotation" else "",
        "tags": list(dict.fromkeys(_one(random, TAGS) for _ in range(random.randrange(5)))),
        "people": list(dict.fromkeys(_one(random, PEOPLE) for _ in range(random.choice([0, 0, 1, 2])))),
        "series": random.choice(series) if random.random() < 0.15 else None,
        **_state(random, number),
    }
    if kind in ("entry", "note") and random.random() < 0.7:
        fields["link_url"] = ""
    return fields


def _state(random: Random, number: int) -> dict[str, Any]:
    published = FIRST + dt.timedelta(hours=number * 151 % 60_000)
    return random.choices(
        [
            {"is_draft": False, "published": published},
            {"is_draft": True, "published": published},
            {"is_draft": True, "published": None},
            {"is_draft": False, "published": FAR + dt.timedelta(days=number)},
        ],
        [20, 1, 1, 1],
    )[0]


def _text(random: Random, fewest: int, most: int) -> str:
    return " ".join(_one(random, VOCABULARY) for _ in range(random.randint(fewest, most)))


def _one(random: Random, common_first: list[str]) -> str:
    return random.choices(common_first, [1 / (place + 1) for place in range(len(common_first))])[0]
