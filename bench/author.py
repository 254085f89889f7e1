"""What an author waits for, in a real Chromium in front of the real server: milliseconds on this machine, in the browser and all.

    python -m bench.author [CHROMIUM]

The site holds the corpus, or the demo's posts where there is none; the linked page is the article of the tests' own website. Of the
time from the bookmarklet to the filled form, that website's own answers are taken off.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from bench.crawler import CORPUS
from bench.writing import entry
from conftest import CHROMIUM_ARGUMENTS, LINKLOG, LiveServer, LiveSite, server_of, sign_in
from tests.website import serving

ROUNDS, WARM_UP, WORDS = 20, 2, 5000
TYPED = """async ({ event, pause }) => {
  const [editor, body] = [document.querySelector("post-editor"), document.querySelector("#id_body")];
  const seen = new Promise((resolve) => editor.addEventListener(event, resolve, { once: true }));
  body.setRangeText(" more", body.value.length, body.value.length, "end");
  const began = performance.now();
  body.dispatchEvent(new Event("input", { bubbles: true }));
  await seen;
  const took = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, pause));
  return took;
}"""
LOADED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="linklog-bench-") as home, sync_playwright() as playwright:
        server = server_of(Path(home))
        site = filled(server)
        server.start()
        path = sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"
        chromium = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS, "--no-sandbox"])
        try:
            page = chromium.new_page(base_url=site.url, viewport={"width": 1280, "height": 900})
            sign_in(page, site)
            measure(page)
        finally:
            chromium.close()
            server.stop()


def filled(server: LiveServer) -> LiveSite:
    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*LINKLOG, *arguments], env=server.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    demo = json.loads(run("demo", "--no-serve", "--json"))
    if CORPUS.exists():
        run("import", str(CORPUS))
    return LiveSite(server.url, server.home, demo["owner"], demo["password"])


def measure(page: Page) -> None:
    print(f"{ROUNDS} times each, milliseconds:\n\n{'':58}{'p50':>6}{'p95':>6}")
    with serving() as site:
        measure_bookmarklet(page, f"{site.url}/article")
    page.goto("/write/new/entry/")
    page.locator("#id_body").fill(entry(WORDS))
    page.frame_locator("live-preview iframe").locator("article").wait_for()
    for name, event, pause in (
        (f"last key to the preview of {WORDS:,} words", "linklog:previewed", 300),
        (f"last key to “Saved” of {WORDS:,} words", "linklog:saved", 0),
    ):
        show(name, [page.evaluate(TYPED, {"event": event, "pause": pause}) for _round in range(WARM_UP + ROUNDS)])
    show("the author's front page", [loaded(page, "/write/") for _round in range(WARM_UP + ROUNDS)])
    show("an empty editor", [loaded(page, "/write/new/blogmark/") for _round in range(WARM_UP + ROUNDS)])


def measure_bookmarklet(page: Page, address: str) -> None:
    """Each press from the page itself, which opens the editor in its own window."""
    page.goto("/write/tools/")
    link = page.get_by_role("link", name="Write about this", exact=True).get_attribute("href") or ""
    press = f"window.open = () => null; {unquote(link.removeprefix('javascript:'))}"
    usable, read, own = [], [], []
    for number in range(WARM_UP + ROUNDS):
        own.append(timed(lambda: urlopen(address).read()))
        page.goto(f"{address}?{number}")
        began = time.perf_counter()
        with page.expect_navigation(url="**/write/capture/**", wait_until="commit"):
            page.evaluate(press)
        page.locator("#id_body").wait_for()
        usable.append((time.perf_counter() - began) * 1000)
        page.locator(".page-found > *").first.wait_for(state="attached")  # the fields are filled before it
        read.append((time.perf_counter() - began) * 1000 - own[-1])
    show("press on the bookmarklet to a form that can be written in", usable)
    show("press to all fields filled, and what was written before", read)


def loaded(page: Page, path: str) -> float:
    page.goto(path)
    return float(page.evaluate(LOADED))


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def show(name: str, took: list[float]) -> None:
    ordered = sorted(took[WARM_UP:])
    print(f"{name:58}{statistics.median(ordered):6.0f}{ordered[int(len(ordered) * 0.95)]:6.0f}")


if __name__ == "__main__":
    main()
