"""Feeds for tests, in the shapes that real ones have, and a way to import them."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.core.management import call_command

HOME = "https://harbour.example"


def atom_entry(
    html: str,
    title: str = "Low water",
    path: str = "/2024/Dec/22/low-water/",
    published: str = "2024-12-22T10:00:00+00:00",
    fragment: str = "#atom-everything",
    more: str = "",
    tags: tuple[str, ...] = (),
) -> str:
    categories = "".join(f'<category term="{tag}"/>' for tag in tags)
    return (
        f'<entry><title>{escape(title)}</title><link href="{HOME}{path}{fragment}" rel="alternate"/>'
        f"<published>{published}</published><updated>{published}</updated><id>{HOME}{path}{fragment}</id>{more}"
        f'<summary type="html">\n    {escape(html)}\n</summary>{categories}</entry>'
    )


def atom(*entries: str, more: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xml:lang="en-us" xmlns="http://www.w3.org/2005/Atom">'
        f'<title>Harbour log</title><link href="{HOME}/" rel="alternate"/><id>{HOME}/</id>{more}{"".join(entries)}</feed>'
    )


def rss(*items: str, more: str = "") -> str:
    return (
        '<?xml version="1.0"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Harbour log</title><link>{HOME}/</link>{more}{''.join(items)}</channel></rss>"
    )


def json_item(number: int = 1, **over: Any) -> dict[str, Any]:
    item = {
        "id": f"{HOME}/2024/Dec/{number}/post-{number}/",
        "url": f"{HOME}/2024/Dec/{number}/post-{number}/",
        "title": f"Post {number}",
        "content_html": f"<p>Tide table number {number}.</p>",
        "date_published": f"2024-12-{number:02}T09:00:00+00:00",
        "tags": ["tides"],
        "_linklog": {"kind": "entry"},
    }
    item |= over
    return {name: value for name, value in item.items() if value is not None}


def json_feed(*items: Any, **about: Any) -> str:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour log", **about, "items": list(items)}
    )


def imported(source: str | bytes | Path, *options: str) -> dict[str, Any]:
    """The summary that `linklog import --json` prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = source if isinstance(source, Path) else Path(folder) / "feed"
        if not isinstance(source, Path):
            path.write_bytes(source if isinstance(source, bytes) else source.encode())
        out = io.StringIO()
        call_command("import", str(path), "--json", *options, stdout=out, stderr=io.StringIO())
    summary: dict[str, Any] = json.loads(out.getvalue())
    return summary


def counts(summary: dict[str, Any]) -> tuple[int, int, int, int]:
    """New, updated, unchanged, skipped."""
    return summary["new"], summary["updated"], summary["unchanged"], len(summary["skipped"])
