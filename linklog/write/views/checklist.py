"""The checklist beside the text, as JSON: at once from what is known here, then with what the linked sites answer."""

from dataclasses import asdict
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.capture import github
from linklog.capture.known import capture_of
from linklog.capture.related import markdown_link
from linklog.core import html, links
from linklog.images.uses import names_for, present
from linklog.posts.models import Post
from linklog.write import dead_links, saving
from linklog.write import fields as editor_fields
from linklog.write.checklist import Writing, items
from linklog.write.fields import Fields
from linklog.write.unsaved import as_published
from linklog.write.views.page import author_of, post_of

EARLIER = 3


@authors_only
@require_POST
def checklist(request: HttpRequest, code: str) -> JsonResponse:
    return _answer(request, code, asks_others=False)


@authors_only
@require_POST
def links_checked(request: HttpRequest, code: str) -> JsonResponse:
    """As `checklist`, once the links of which nothing is known were looked at. Takes seconds."""
    return _answer(request, code, asks_others=True)


def _answer(request: HttpRequest, code: str, asks_others: bool) -> JsonResponse:
    fields = editor_fields.known(request.POST)
    if refusal := editor_fields.refusal(fields):
        return JsonResponse({"problem": refusal}, status=413)
    is_new = saving.find(code) is None
    post = saving.new_post(code, fields["kind"], author_of(request)) if is_new else post_of(request, code)
    post = as_published(post, fields)
    urls = dead_links.checkable([url for url in (post.link_url, post.via_url, *html.links(post.body_html)) if url])
    if asks_others:
        dead_links.check(urls)
    problems = dead_links.known(urls)
    writing = _writing(request, post, fields, urls, problems)
    found = [asdict(item) for item in items(writing)]
    return JsonResponse({"items": found, "links_left": len(urls) - len(problems)})


def _writing(request: HttpRequest, post: Post, fields: Fields, urls: list[str], problems: dict[str, str]) -> Writing:
    capture = capture_of(author_of(request), post.code, post.link_url, request.POST.get("capture", ""))
    facts: dict[str, Any] = capture.facts if capture else {}
    images = [use for use in present(post) if use.state]
    return Writing(
        kind=post.kind,
        title=post.title,
        body_html=post.body_html,
        people=editor_fields.person_names(fields),
        via=post.via_title or post.via_url,
        came_by=capture.via_url if capture else "",
        was_read=bool(facts),
        page=facts,
        unpinned=[
            url
            for url in urls
            if _is_on_a_branch(url) or (facts.get("pinned") and url == post.link_url != facts["pinned"])
        ],
        link_url=post.link_url,
        earlier=_earlier(post, urls),
        images=list(zip(names_for(author_of(request), images), [use.state for use in images], strict=True)),
        links_back=any(dead_links.address_of(url) for url in urls),
        links=len(urls),
        problems=problems,
    )


def _is_on_a_branch(url: str) -> bool:
    source = github.source_of(url)
    return source is not None and not source.is_pinned


def _earlier(post: Post, urls: list[str]) -> list[tuple[str, str]]:
    """(title, Markdown) of own public posts about a page that this one links to, the newest first."""
    keys = [links.key(url) for url in urls if not dead_links.address_of(url)]
    posts = Post.objects.published().filter(~Q(code=post.code), link_key__in=keys).newest_first().with_parts()[:EARLIER]
    return [(one.display_title, markdown_link(one.display_title, one.get_absolute_url())) for one in posts]
