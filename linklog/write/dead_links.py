"""Which links of a text lead nowhere. Other people's pages are asked for a few at a time, and what was found is kept for a day; our own
are looked up. A page that answers anything but “there is no such page” is there, for many sites turn programs away.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Literal

from django.utils.translation import gettext as _

from linklog.core import links
from linklog.core.http import FetchError, fetch
from linklog.core.vendor_sql import writing
from linklog.pages.models import Redirect
from linklog.posts import internal_links
from linklog.posts.models import Post
from linklog.write.models import LinkCheck

MOST = 30  # links of one text
AT_ONCE = 5  # hosts; of one host, one link after the other
SECONDS = 12.0  # for all: what is left then waits for the next time
LINK_SECONDS = 6.0
_GONE = (404, 410)


def checkable(urls: Iterable[str]) -> list[str]:
    """The web pages among `urls`, each once: those of other sites, and posts of our own."""
    pages = {links.key(url): url for url in urls if address_of(url) or (links.is_web_url(url) and not _is_own(url))}
    return [url for url in pages.values() if not url.lower().startswith(("ftp:", "gemini:"))][:MOST]


def address_of(url: str) -> str:
    """The address of the own post that `url` names; "" for none."""
    return next(iter(internal_links.addresses([url], {internal_links.own_host()})), "")


def _is_own(url: str) -> bool:
    return links.site(url) == internal_links.own_host()


def known(urls: Iterable[str]) -> dict[str, str]:
    """Of each of these links of which it is known: what is wrong with it, "" for nothing."""
    own = {url: address for url in urls if (address := address_of(url))}
    keys = {url: links.key(url) for url in urls if url not in own}
    found = dict(LinkCheck.objects.fresh().filter(key__in=keys.values()).values_list("key", "problem"))
    return _problems_of_own(own) | {url: found[key] for url, key in keys.items() if key in found}


def _problems_of_own(addresses: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each of these links to posts of this site, given with their addresses."""
    posts = reduce(or_, (Post.objects.at(address) for address in addresses.values()), Post.objects.none())
    is_public = {post.address: post.is_public for post in posts.defer("body", "body_html")}
    problems = {True: "", False: _("Your own post there is not public."), None: _("You have no post there.")}
    found = {url: is_public.get(address) for url, address in addresses.items()}
    for url, address in addresses.items():
        if found[url] is None and Redirect.objects.matching(f"/{address}/"):
            found[url] = True
    return {url: problems[state] for url, state in found.items()}


def check(urls: Sequence[str]) -> None:
    """Ask other sites for those of `urls` of which nothing is known, and keep what they say."""
    known_already = known(urls)
    asked = sorted((url for url in urls if url not in known_already), key=links.site)
    if not asked:
        return
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(
            lambda of_host: _ask_one_by_one(of_host, until), [list(of) for _host, of in groupby(asked, links.site)]
        )
        rows = [
            LinkCheck(key=links.key(url), url=url, problem=problem)
            for found in answers
            for url, problem in found.items()
        ]
    with writing():
        LinkCheck.objects.stale().delete()
        LinkCheck.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key"], update_fields=["url", "checked", "problem"]
        )


def _ask_one_by_one(urls: Sequence[str], until: float) -> dict[str, str]:
    problems = {}
    for url in urls:
        if time.monotonic() < until:
            problems[url] = _problem(url)
    return problems


def _problem(url: str) -> str:
    """Why there is nothing at `url`; "" where something is. Some servers answer a HEAD wrongly, so GET has the last word."""
    methods: tuple[Literal["HEAD", "GET"], ...] = ("HEAD", "GET")
    for method in methods:
        try:
            fetch(url, method=method, max_bytes=100_000, seconds=LINK_SECONDS)
            return ""
        except FetchError as error:
            problem = str(error) if error.status in (0, *_GONE) else ""
            if not error.status:
                return problem
    return problem
