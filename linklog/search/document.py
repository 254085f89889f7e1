"""A search as a JSON document: of /search.json, and of `linklog search --json`."""

import datetime as dt
from typing import Any

from linklog.posts.models import Post
from linklog.search.engine import Outcome
from linklog.search.request import Request
from linklog.search.results import posts_of, similar_to
from linklog.search.snippets import snippet


def as_json(search: Request, outcome: Outcome) -> dict[str, Any]:
    document: dict[str, Any] = {
        "total": outcome.total,
        "page": outcome.page,
        "results": [_result(post, search) for post in posts_of(outcome)],
        "facets": {name: dict(counts) for name, counts in outcome.facets.items()},
    }
    if outcome.suggestion:
        document["did_you_mean"] = {"q": outcome.suggestion.request.q, "total": outcome.suggestion.total}
    if outcome.similar:
        document["similar"] = [_result(post, search) for post in similar_to(outcome)]
    if outcome.is_partial:
        document["partial"] = True
    if outcome.notes:
        document["notes"] = outcome.notes
    return document


def _result(post: Post, search: Request) -> dict[str, Any]:
    return {
        "url": post.absolute_url,
        "kind": post.kind,
        "title": post.display_title,
        "published": post.published.astimezone(dt.UTC).isoformat() if post.published else None,
        "tags": [tag.slug for tag in post.tag_list],
        "snippet_html": snippet(post, search.query.wanted),
    }
