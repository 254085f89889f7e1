"""Links to other people's pages: mended, normalised for comparison, and the site they lie on."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from url_normalize import url_normalize

from linklog.core.tracking import is_tracking

WEB_SCHEMES = ("http", "https", "ftp", "gemini")
_HARMLESS_SCHEMES = (*WEB_SCHEMES, "mailto", "tel", "xmpp", "irc", "magnet")
MAX_URL_LENGTH = 2000
MAX_KEY_LENGTH = 500


def mend(url: str) -> str:
    """`url` as a browser would send it: outer space gone, inner spaces and other illegal characters percent-encoded."""
    url = re.sub(r"[\t\n\r]+", "", url.strip())
    url = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~-._", errors="ignore")  # a lone surrogate has no UTF-8


def harmless(url: str) -> str:
    """`url` mended; "" where its scheme is one that no link may have, such as javascript:."""
    url = mend(url)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    return url if scheme is None or scheme[1].lower() in _HARMLESS_SCHEMES else ""


def is_web_url(url: str) -> bool:
    """Whether `url` is absolute, of a scheme that may be linked, and names a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in WEB_SCHEMES and bool(parts.hostname)


def key(url: str) -> str:
    """What two addresses of one page have in common: no scheme, no www., no tracking, no fragment, no last slash.

    ASCII, at most 500 characters, so that it can be indexed; addresses that differ only beyond that share a key.
    """
    try:
        url = without_tracking(url)
        parts = urlsplit(url_normalize(url) or url)
        host, port = parts.hostname or "", parts.port
    except (ValueError, UnicodeError):
        return mend(url)[:MAX_KEY_LENGTH]
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    host = site(url) + (f":{port}" if port else "")
    return mend(urlunsplit(("", host, parts.path.rstrip("/"), query, "")).removeprefix("//"))[:MAX_KEY_LENGTH]


def without_tracking(url: str) -> str:
    """`url` without what follows who shares it, and without the words that a browser was to mark (`#:~:text=`); else as it is."""
    rest, sharp, fragment = url.partition("#")
    address, question, query = rest.partition("?")
    host = site(url)
    kept = [pair for pair in query.split("&") if not is_tracking(unquote(pair.partition("=")[0]), host)]
    fragment = fragment.partition(":~:")[0]
    return address + (question + "&".join(kept) if any(kept) else "") + (sharp + fragment if fragment else "")


def site(url: str) -> str:
    """The host of `url` in lower case and without www., in its own letters; "" where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    if re.fullmatch(r"[\w.-]+", in_letters := unquote(host)):
        host = in_letters.lower()
    return host.removeprefix("www.")[:255]
