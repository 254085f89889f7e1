"""Somebody else's website on 127.0.0.1, with the pages that one comes upon: what linked pages are read from in tests.

`website` in conftest.py serves it. A page of a time, `/slow`, stops when the site is closed; nothing else waits.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

COMMIT = "4f3c2b1a0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c"
OTHER_COMMIT = "00112233445566778899aabbccddeeff00112233"
HOSTILE = '"><script>__x()</script><img src=x onerror=__x()>{{7*7}}${7*7}'
TIDES = (
    "The tide does not keep to the hours of the sun. A clock that follows the moon loses fifty minutes and half a minute each day, "
    "and a maker in Bristol cut a wheel of 57 teeth to say so in brass."
)
WORDS = "\n".join(f"<p>{TIDES} That was note {number} of the keeper of the harbour.</p>" for number in range(1, 9))
Body = tuple[int, str, bytes]
_ENDED = (BrokenPipeError, ConnectionResetError)


@dataclass
class Website:
    """Where the site is, and the paths that were asked of it, in order."""

    url: str
    asked: list[str] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)  # what `/held` waits for
    is_closed: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving() -> Iterator[Website]:
    site = Website("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.is_closed.set()
        server.shutdown()
        server.server_close()
        thread.join()


def document(head: str, body: str = WORDS, language: str = "en") -> str:
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    )


def article(site: str) -> str:
    """A page that says everything about itself, in every way there is."""
    described = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "@id": f"{site}/#paper", "name": "The Harbour Paper"},
            {"@type": "Person", "@id": f"{site}/#ada", "name": "Ada Bell", "url": f"{site}/people/ada"},
            {
                "@type": ["NewsArticle", "Article"],
                "headline": "Brass clocks that know the tide",
                "author": [{"@id": f"{site}/#ada"}, {"@type": "Person", "name": "Grace Winter"}],
                "publisher": {"@id": f"{site}/#paper"},
                "datePublished": "2026-03-14T09:26:53+01:00",
                "inLanguage": "en-GB",
                "image": {"@type": "ImageObject", "url": "/images/clock.jpg"},
            },
        ],
    }
    return document(
        f"""<title>Brass clocks that know the tide | The Harbour Paper</title>
        <link rel="canonical" href="/article"><link rel="alternate" type="application/atom+xml" href="/feed.atom">
        <meta property="og:title" content="Brass clocks that know the tide"><meta property="og:site_name" content="The Harbour Paper">
        <meta property="og:image" content="{site}/images/clock.jpg">
        <meta name="keywords" content="tides, clocks, brass"><meta name="description" content="How a wheel of 57 teeth follows the moon.">
        <script type="application/ld+json">{json.dumps(described)}</script>""",
        f"""<nav><a href="/">Home</a> <a href="/subscribe">Subscribe</a></nav>
        <article class="h-entry"><h1 class="p-name">Brass clocks that know the tide</h1>
        <p>By <a class="p-author h-card" rel="author" href="/people/ada">Ada Bell</a> and Grace Winter,
        <time class="dt-published" datetime="2026-03-14">14 March</time></p><div class="e-content">{WORDS}</div></article>
        <footer>Accept all cookies. © The Harbour Paper</footer>""",
        "en-GB",
    )


def plain(_site: str) -> str:
    return document(
        "<title>Moorings, a page of old</title><meta name=author content='By Tove Lind and Per Ek'>",
        f"<h1>Moorings</h1>{WORDS}",
    )


def linked(site: str) -> str:
    return document("<title>Friday links</title>", f'<p>Read <a href="{site}/article">this</a>.</p>{WORDS}')


def hostile(_site: str) -> str:
    """Every text that is read from a page, written by someone who means harm."""
    text = HOSTILE.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    described = json.dumps(
        {
            "@type": "Article",
            "headline": HOSTILE + "\u0000\u0007\u202e gnp.exe",
            "author": [{"@type": "Person", "name": f"Eve {HOSTILE}"}, {"name": ["nested", {"name": {}}]}, None, 7],
            "datePublished": "<script>__x()</script>",
            "image": "javascript:__x()",
        }
    ).replace("</", "<\\/")
    return document(
        f"""<title>{text} \u202egnp.exe</title><link rel="canonical" href="javascript:__x()">
        <meta property="og:title" content="{text}"><meta property="og:site_name" content="{text}">
        <meta name="description" content="{text}"><meta property="og:image" content="javascript:__x()">
        <link rel="alternate" type="application/rss+xml" href="data:text/html,<script>__x()</script>">
        <script type="application/ld+json">{described}</script>
        <script type="application/ld+json">{{"@type": "Article", broken</script>""",
        f'<article class="h-entry"><p class="p-author">{text}</p><p>{text}</p>{WORDS}</article>',
    )


def video(_site: str) -> str:
    return document(
        """<title>The harbour at dawn</title><meta property="og:type" content="video.other">""",
        """<h1>The harbour at dawn</h1><video src="/harbour.mp4"><track kind="captions" srclang="sv" src="/captions.sv.vtt">
        <track kind="captions" srclang="en" src="/captions.vtt" default></video>""",
    )


def watch(site: str) -> str:
    """As the large video site writes it: everything in one object of its player."""
    tracks = [
        {"baseUrl": f"{site}/timedtext?lang=en&kind=asr", "languageCode": "en", "kind": "asr"},
        {"baseUrl": f"{site}/timedtext?lang=en", "languageCode": "en", "name": {"simpleText": "English"}},
    ]
    player = {"captions": {"playerCaptionsTracklistRenderer": {"captionTracks": tracks}}, "note": "a } in a string"}
    return document(
        """<title>Harbour - Videos</title><meta property="og:type" content="video.other"><meta property="og:title" content="Harbour">
        <link itemprop="name" content="Keeper of the Harbour">""",
        f"<p>Video</p><script>var ytInitialPlayerResponse = {json.dumps(player)};var more = 1;</script>",
    )


def file_page(site: str, commit: str, path: str) -> str:
    """A file as GitHub shows it, with the commit that its branch points to in the page's data."""
    data = {"payload": {"refInfo": {"name": "main", "currentOid": commit}, "path": path, "repo": {"name": "code"}}}
    return document(
        f"""<title>code/{path} at main · ada/code · GitHub</title><meta property="og:site_name" content="GitHub">
        <meta property="og:title" content="code/{path} at main · ada/code">""",
        f'<script type="application/json" data-target="react-app.embeddedData">{json.dumps(data)}</script><p>print(57)</p>',
    )


def bare_file_page(_site: str) -> str:
    return document(
        '<title>file.py · GitHub</title><meta property="og:site_name" content="GitHub">', "<p>print(57)</p>"
    )


BYLINES = {
    "citation": '<meta name="citation_author" content="Bell, Ada"><meta name="citation_author" content="Winter, Grace">',
    "parsely": '<meta name="parsely-author" content="Ada Bell"><meta name="parsely-author" content="Grace Winter">',
    "dublin-core": '<meta name="DC.creator" content="Ada Bell"><meta name="dcterms.creator" content="Grace Winter">',
    "by": '<meta name="author" content="By Ada Bell &amp; Grace Winter">',
    "comma": '<meta name="author" content="Ada Bell, Grace Winter">',
    "handle": '<meta name="twitter:creator" content="@adabell"><meta property="article:author" content="https://face.example/ada">',
    "handle-and-name": '<meta name="twitter:creator" content="@adabell"><meta name="author" content="Ada Bell">',
    "organisation": """<script type="application/ld+json">{"@type": "Article", "author":
        [{"@type": "Organization", "name": "The Harbour Paper"}, {"@type": "Person", "name": "Ada Bell"}]}</script>""",
    "only-organisation": """<script type="application/ld+json">{"@type": "Article", "author":
        {"@type": "Organization", "name": "The Harbour Paper"}}</script>""",
    "text": '<script type="application/ld+json">{"@type": "BlogPosting", "author": "Ada Bell"}</script>',
    "rel": '</head><body><p>By <a rel="author" href="/ada">Ada Bell</a></p>',
    "h-card": '</head><body><div class="h-entry"><p class="p-author h-card"><img alt=""><a class="p-name">Ada Bell</a> writes</p></div>',
    "byline": '</head><body><article><p class="byline">By <span itemprop="author">Ada Bell</span></p></article>',
}


def byline(name: str, _site: str) -> str:
    return document(f"<title>A page</title>{BYLINES[name]}")


CAPTIONS = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Keeper>The water turns at six.

00:00:04.000 --> 00:00:09.000
Nobody is up to see it.

00:01:30.000 --> 00:01:34.000
Then the boats come in.
"""
TIMED_TEXT = {
    "events": [
        {"tStartMs": 0, "segs": [{"utf8": "The water "}, {"utf8": "turns at six."}]},
        {"tStartMs": 90_000, "segs": [{"utf8": "Then the boats come in."}]},
    ]
}
REFERENCES = [
    {"ref": "refs/heads/feature", "object": {"sha": OTHER_COMMIT, "type": "commit"}},
    {"ref": "refs/heads/feature/tides", "object": {"sha": COMMIT, "type": "commit"}},
]
PAGES: dict[str, Callable[[str], str]] = {
    "/": lambda _site: document("<title>The Harbour Paper</title>"),
    "/article": article,
    "/plain": plain,
    "/held": article,
    "/linked": linked,
    "/hostile": hostile,
    "/video": video,
    "/watch": watch,
    "/ada/code/blob/main/file.py": lambda site: file_page(site, COMMIT, "file.py"),
    "/ada/code/tree/main/src": lambda site: file_page(site, COMMIT, "src"),
    "/ada/code/blob/feature/tides/file.py": bare_file_page,
    "/ada/code/blob/v1.0/file.py": bare_file_page,
    "/ada/silent/blob/main/file.py": bare_file_page,
    **{f"/byline/{name}": partial(byline, name) for name in BYLINES},
}  # fmt: skip
DATA: dict[str, Any] = {
    "/timedtext": TIMED_TEXT,
    "/api/v3/repos/ada/code/git/matching-refs/heads/feature": REFERENCES,
    "/api/v3/repos/ada/code/git/matching-refs/heads/v1.0": [],
}
TEXTS = {
    "/captions.vtt": ("text/vtt", CAPTIONS),
    "/captions.sv.vtt": ("text/vtt", CAPTIONS.replace("The water turns at six.", "Vattnet vänder klockan sex.")),
    "/feed.atom": ("application/atom+xml", '<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title></feed>'),
}
REDIRECTS = {
    "/chain": "/chain/2?utm_source=chain",
    "/chain/2": "/chain/3",
    "/chain/3": "/article?utm_medium=x",
    "/loop": "/loop",
}


def answer(path: str, query: dict[str, list[str]], site: str) -> Body:
    """Status, content type and body of whatever is neither a redirect nor slow."""
    html = "text/html; charset=utf-8"
    if path in PAGES:
        return 200, html, PAGES[path](site).encode(errors="replace")
    if path in DATA:
        return 200, "application/json", json.dumps(DATA[path]).encode()
    if path in TEXTS:
        return 200, f"{TEXTS[path][0]}; charset=utf-8", TEXTS[path][1].encode()
    match path:
        case "/big":
            return 200, html, article(site).replace("</article>", "<p>tide </p>" * 900_000 + "</article>").encode()
        case "/deep":
            return 200, html, document("<title>Deep</title>", "<div>" * 200_000 + TIDES).encode()
        case "/latin1":
            page = document("<title>Tidvatten på Öland</title>", f"<p>Å i åa ä e ö. {TIDES}</p>", "sv")
            return 200, "text/html", page.replace("utf-8", "iso-8859-1").encode("latin-1")
        case "/picture.png":
            return 200, "image/png", b"\x89PNG\r\n\x1a\n"
        case "/empty":
            return 200, html, b""
        case "/echo":
            return 200, html, document(f"<title>{query.get('title', ['Echo'])[0]}</title>").encode()
    return 404, html, document("<title>Not found</title>").encode()


class _Handler(BaseHTTPRequestHandler):
    site: Website

    def do_GET(self) -> None:
        self.site.asked.append(self.path)
        parts = urlsplit(self.path)
        try:
            if parts.path in REDIRECTS:
                self._start(302, {"Location": REDIRECTS[parts.path], "Content-Length": "0"})
            elif parts.path == "/slow":
                self._drip()
            else:
                if parts.path == "/held":
                    self.site.may_answer.wait(8)
                status, content_type, body = answer(parts.path, parse_qs(parts.query), self.site.url)
                self._start(status, {"Content-Type": content_type, "Content-Length": str(len(body))})
                self.wfile.write(body if self.command == "GET" else b"")
        except _ENDED:
            pass

    do_HEAD = do_GET

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _drip(self) -> None:
        """A page that takes half a minute, a little at a time, unless who asked goes away."""
        self._start(200, {"Content-Type": "text/html; charset=utf-8", "Connection": "close"})
        self.wfile.write(article(self.site.url).partition("</head>")[0].encode())
        for _tenth in range(300):
            if self.site.is_closed.wait(0.1):
                return
            self.wfile.write(b"<p>slowly</p>\n")
            self.wfile.flush()

    def log_message(self, *_args: Any) -> None:
        """Nothing: tests say what went wrong."""
