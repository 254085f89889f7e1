"""Whether the page that led to another deserves a “via”: credit for who pointed there."""

import re

from linklog.core import links
from linklog.posts.internal_links import own_host

# Where one searches, not where somebody points to something; and redirectors, which are no pages
_SEARCH = re.compile(
    r"(?:.+\.)?(?:google\.[a-z.]{2,6}|bing\.com|duckduckgo\.com|ecosia\.org|kagi\.com|qwant\.com|startpage\.com|baidu\.com"
    r"|yandex\.[a-z]{2,3}|search\.yahoo\.com|search\.brave\.com|t\.co|lnkd\.in|bit\.ly|out\.reddit\.com)"
)


def via_of(referrer: str, url: str) -> str:
    """The address to name as via of `url`; "" where that is the same site, this one, or a search engine.

    A browser often tells no more than the site: its front page is named then.
    """
    site = links.site(referrer)
    if not links.is_web_url(referrer) or site in ("", links.site(url), own_host()) or _SEARCH.fullmatch(site):
        return ""
    return links.without_tracking(referrer)
