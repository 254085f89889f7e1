"""What the editor costs while one writes a long entry: milliseconds of the live preview, the autosave and the page itself.

    python -m bench.writing             or            python -m bench.writing --posts 7000 --words 5000

The entry is made up: paragraphs with links and emphasis, headings, quotes, lists and code. Everything is asked for through Django's test
client, on a scratch site of its own: the figures hold middleware, views, SQL, Markdown and templates, but no network and no browser.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

from bench.pages import WORDS, fill

ROUNDS, WARM_UP = 40, 5
PREVIEW_BUDGET = 150  # milliseconds, what the site promises


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=2000, help="how many others there are")
    parser.add_argument("--words", type=int, default=5000, help="of the entry")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as home:
        os.environ["LINKLOG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "linklog.settings"
        import django

        django.setup()
        from linklog.ops import installation

        installation.prepare()
        fill(options.posts)
        measure(entry(options.words))


def entry(words: int) -> str:
    """A text of so many words, of what long entries are made of."""
    chance = random.Random(words)
    parts: list[str] = []
    count = 0
    while count < words:
        line = chance.choices(WORDS, k=90)
        line[7], line[40] = f"**{line[7]}**", f"[{line[40]}](https://{line[41]}.example/{line[42]})"
        parts.append(" ".join(line))
        count += len(line)
        if len(parts) % 6 == 0:
            parts.append(f"## {' '.join(chance.choices(WORDS, k=4))}")
        if len(parts) % 5 == 0:
            parts.append("> " + " ".join(chance.choices(WORDS, k=30)))
        if len(parts) % 9 == 0:
            parts.append("\n".join(f"- {' '.join(chance.choices(WORDS, k=6))}" for _item in range(5)))
        if len(parts) % 11 == 0:
            parts.append("```python\ndef tide(hours):\n    return max(hours, key=lambda hour: hour.height)\n```")
    return "\n\n".join(parts)


def measure(body: str) -> None:
    from django.test import Client, override_settings

    from linklog.accounts.models import User
    from linklog.posts.models.post import new_code

    client = Client()
    client.force_login(User.objects.create_superuser("bench", "", "bench"))
    code = new_code()
    state = {"token": "0", "kind": "entry", "title": "A long entry", "body": body, "tag_names": "tides, clocks, brass"}

    def typed(number: int) -> dict[str, str]:
        return state | {"body": f"{body}\n\nWord {number}."}

    def preview(number: int) -> None:
        expect(200, client.post(f"/write/post/{code}/preview/", typed(number)))

    def autosave(number: int) -> None:
        answer = expect(200, client.post(f"/write/post/{code}/save/", typed(number)))
        state["token"] = answer.json()["token"]

    def editor(_number: int) -> None:
        expect(200, client.get(f"/write/post/{code}/"))

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        print(f"An entry of {len(body.split()):,} words, {ROUNDS} times each, milliseconds on the server:\n")
        print(f"{'':24}{'p50':>8}{'p95':>8}")
        for name, call in (("live preview", preview), ("autosave", autosave), ("the editor's page", editor)):
            middle, high = timed(call)
            promise = f"   promised: {PREVIEW_BUDGET}" if name == "live preview" else ""
            print(f"{name:24}{middle:8.0f}{high:8.0f}{promise}")


def timed(call: Callable[[int], None]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    took = []
    for number in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        call(number)
        took.append((time.perf_counter() - start) * 1000)
    took = sorted(took[WARM_UP:])
    return statistics.median(took), took[int(len(took) * 0.95)]


def expect(status: int, response: Any) -> Any:
    assert response.status_code == status, (response.status_code, response.content[:500])
    return response


if __name__ == "__main__":
    main()
