"""HTML: sanitised by allow-list as the last step before it is stored, made absolute for feeds, read for links and plain text.

The author may use any harmless element, and frames; HTML from elsewhere only what text needs. Neither may hold script, style,
SVG, MathML or forms: nh3's known holes all need one of those (a test fails if they are let in).
"""

import re
from html import escape
from typing import NamedTuple
from urllib.parse import unquote, urljoin

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from linklog.core.xml import strip_illegal

_TEXT_TAGS = {
    "a", "abbr", "aside", "article", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col",
    "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s",
    "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr", "audio", "video", "source", "track",
    "picture", "address", "center", "big", "acronym",
}  # fmt: skip
_AUTHOR_TAGS = _TEXT_TAGS | {"iframe", "nav", "header", "footer", "main", "meter", "progress", "data"}
_TEXT_ATTRIBUTES = {
    "*": {"id", "lang", "dir", "title"},
    "a": {"href", "name", "hreflang"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "audio": {"src", "controls", "preload", "loop", "muted"},
    "video": {"src", "controls", "preload", "loop", "muted", "poster", "width", "height", "playsinline"},
    "source": {"src", "srcset", "type", "media", "sizes", "width", "height"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "time": {"datetime"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "headers", "align"},
    "th": {"colspan", "rowspan", "headers", "scope", "align", "abbr"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
}
_AUTHOR_ATTRIBUTES = {
    **_TEXT_ATTRIBUTES,
    "*": _TEXT_ATTRIBUTES["*"]
    | {"class", "tabindex", "role", "aria-label", "aria-hidden", "aria-describedby", "aria-labelledby"},
    "a": _TEXT_ATTRIBUTES["a"] | {"rel", "download"},
    "iframe": {"src", "width", "height", "allow", "allowfullscreen", "loading", "referrerpolicy", "sandbox"},
    "data": {"value"},
    "meter": {"value", "min", "max", "low", "high", "optimum"},
    "progress": {"value", "max"},
}
_SCHEMES = {"http", "https", "mailto", "ftp", "gemini", "tel", "xmpp", "irc", "magnet"}
_URL_ATTRIBUTES = ("href", "src", "poster", "cite")
_URL_SELECTOR = ",".join(f"[{name}]" for name in (*_URL_ATTRIBUTES, "srcset"))
# https://url.spec.whatwg.org/#concept-basic-url-parser takes white space and control characters off before it reads the scheme
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute: an address may hold commas, but not end with one
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?:,|\s+([^,]*)|$)")
MAX_DEPTH = 2000  # counting every element that is opened and not closed, as old pages leave their paragraphs
_TAG = re.compile(r"<(/?[a-zA-Z][^\s/<>]*)[^<>]*>?")
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "p",
    "li",
}
_EMPTY_FRAME = re.compile(r"<iframe(?![^<>]* src=)[^<>]*></iframe>")
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|audio|blockquote|br|caption|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header"
    r"|hr|iframe|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul|video)[\s/>])"
)
# What cameras, phones and screenshots call their files, and what says no more than that there is an image
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|avif|heic|bmp|tiff?|svg)|(?:img|dscn?|dscf|pxl|mvimg)[-_ ]?\d[\d_ .()-]*|p\d{6,}"
    r"|screen ?shot(?:[ _-](?:from |at )?[\d_ .:-]*(?:at [\d_ .:-]+)?(?:[ap]m)?)?"
    r"|(?:an? )?(?:image|photo|picture|figure)[ _-]?\d*|untitled",
    re.IGNORECASE,
)
_HERE = "\ufffe"  # a sign that is in no text: strip_illegal takes it away
_PRE_LINE = re.compile(r"(<pre(?: [^<>]*)?>)\n")


def clean_author(html: str) -> str:
    """The author's own HTML: every element closed, no script, no event handler, no style, frames by https only."""
    return _EMPTY_FRAME.sub("", _clean(html, _AUTHOR_TAGS, _AUTHOR_ATTRIBUTES))


def clean_untrusted(html: str, base_url: str = "") -> str:
    """HTML that came from elsewhere: text, links, images, audio and video; relative URLs resolved against `base_url`, a web address."""
    html = _clean(html, _TEXT_TAGS, _TEXT_ATTRIBUTES)
    return absolutise(html, base_url) if base_url.lower().startswith(("http://", "https://")) else html


def _clean(html: str, tags: set[str], attributes: dict[str, set[str]]) -> str:
    """Cleaning the result again changes nothing. What no person nests so deeply loses its elements and keeps its words."""
    html = strip_illegal(html)
    cleaned = nh3.clean(
        escape(_TAG.sub(" ", html), quote=False) if len(shallow_part(html)) < len(html) else html,
        tags=tags,
        attributes=attributes,
        attribute_filter=_harmless,
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    if (legal := strip_illegal(cleaned)) != cleaned:  # a reference such as &#11; can hide a scheme
        return _clean(legal, tags, attributes)
    return _keep_first_lines(cleaned)


def shallow_part(html: str, deepest: int = MAX_DEPTH) -> str:
    """`html` up to where elements are nested beyond `deepest`: HTML5 parsers take time in proportion to the square of that."""
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[1].lower()
        if name.startswith("/"):
            depth = max(depth - 1, 0)
        elif name not in _VOID:
            depth += 1
            if depth > deepest:
                return html[: tag.start()]
    return html


def _harmless(tag: str, name: str, value: str) -> str | None:
    """What nh3 does not look at: frames, and the schemes in `cite` and `srcset`."""
    if tag == "iframe" and name == "src" and not value.lower().startswith("https://"):
        return None
    if name == "cite" and not _has_safe_scheme(value):
        return None
    if name == "srcset":
        return _join_srcset([(url, size) for url, size in _split_srcset(value) if _has_safe_scheme(url)]) or None
    return value


def _has_safe_scheme(url: str) -> bool:
    """Whether `url` is relative or of a scheme that may be linked, read as a browser reads it."""
    match = _SCHEME.match(re.sub(r"[\t\n\r]", "", url))
    return match is None or match[1].lower() in _SCHEMES


def _split_srcset(value: str) -> list[tuple[str, str]]:
    return [(match[1], (match[2] or "").strip()) for match in _CANDIDATE.finditer(value)]


def _join_srcset(candidates: list[tuple[str, str]]) -> str:
    return ", ".join(f"{url} {size}".strip() for url, size in candidates)


def _keep_first_lines(html: str) -> str:
    """A parser drops a line break right after <pre>, and serialisers do not make up for it: without this, every pass eats one."""
    return _PRE_LINE.sub(r"\1\n\n", html)


def parse(html: str) -> LexborNode:
    """The body of `html` as an HTML5 parser reads it: misnested elements mended, every element closed."""
    body = LexborHTMLParser(html).body
    assert body is not None  # an HTML5 parser always makes one
    return body


def inner_html(node: LexborNode) -> str:
    """The HTML of everything within `node`."""
    return _keep_first_lines(node.inner_html or "")


def absolutise(html: str, base_url: str) -> str:
    """`html` with every relative URL, fragments included, made absolute against `base_url`."""
    body = parse(html)
    for node in body.css(_URL_SELECTOR):
        for name in _URL_ATTRIBUTES:
            value = node.attributes.get(name)
            if value is not None:
                node.attrs[name] = _join(base_url, value)
        if srcset := node.attributes.get("srcset"):
            node.attrs["srcset"] = _join_srcset([(_join(base_url, url), size) for url, size in _split_srcset(srcset)])
    return inner_html(body)


def _join(base_url: str, value: str) -> str:
    try:
        return urljoin(base_url, value.strip())
    except ValueError:  # such as an unclosed [ of an IPv6 address
        return value


def text_to_html(text: str) -> str:
    """Plain text as paragraphs, with its line breaks."""
    paragraphs = re.split(r"\n[ \t]*\n+", text.strip("\n"))
    return "\n".join(
        f"<p>{escape(part.strip(), quote=False).replace(chr(10), '<br>')}</p>" for part in paragraphs if part.strip()
    )


def to_text(html: str) -> str:
    """What a person reads of `html`: the words, white space folded, no word of one block joined to one of the next."""
    if not html:
        return ""
    body = parse(_BLOCK.sub(" <", html))
    for link in body.css("video > a, audio > a") if "</video>" in html or "</audio>" in html else ():
        if link.text() == link.attributes.get("href"):
            link.decompose()  # the bare address of what plays is read only where it cannot be played
    return " ".join(body.text(separator="").split())


def first_paragraphs(html: str, characters: int = 500) -> str:
    """The leading paragraphs of `html`, at least `characters` long together where there are as many, for excerpts in lists.

    Contents lists are passed over; the excerpt ends at the first heading. "" where the text does not begin with a paragraph.
    """
    taken, length = [], 0
    for node in parse(html).iter():
        if node.tag == "nav" or (node.tag == "hr" and not taken):
            continue
        if node.tag not in ("p", "blockquote", "ul", "ol") or length >= characters:
            break
        for mark in node.css("sup.footnote-ref"):
            mark.decompose()  # the notes are not in the excerpt
        length += len(node.text())
        for named in (node, *node.css("[id]")):
            if "id" in named.attributes:
                del named.attrs["id"]
        taken.append(_keep_first_lines(node.html or ""))
    return "\n".join(taken)


def links(html: str) -> list[str]:
    """Every href in `html`, in order."""
    return [href for node in parse(html).css("a[href]") if (href := node.attributes.get("href"))]


class Placed(NamedTuple):
    """An image, film or sound in HTML; `alt` on one line."""

    src: str
    alt: str
    is_image: bool


def placed_media(html: str) -> list[Placed]:
    """Everything in `html` that shows an image or plays, in order."""
    found = []
    for node in parse(html).css("img, video, audio"):
        first = node.css_first("source[src]")
        src = node.attributes.get("src") or (first.attributes.get("src") if first else "") or ""
        alt = node.attributes.get("alt" if node.tag == "img" else "aria-label") or ""
        found.append(Placed(src, " ".join(alt.split()), node.tag == "img"))
    return [one for one in found if one.src]


def words_around(html: str, position: int, most: int = 240) -> tuple[str, str]:
    """What a person reads before and after the thing at this place of `placed_media`, about so many characters each."""
    body = parse(_BLOCK.sub(" <", html))
    placed = [
        node for node in body.css("img, video, audio") if node.attributes.get("src") or node.css_first("source[src]")
    ]
    if position >= len(placed):
        return "", ""
    placed[position].insert_before(_HERE)
    for node in body.css("video, audio"):
        node.decompose()  # what it says where it cannot be played
    before, _here, after = " ".join(body.text(separator="").split()).partition(_HERE)
    return ("…" + before[-most:].partition(" ")[2] if len(before) > most else before).strip(), (
        after[:most].rpartition(" ")[0] + "…" if len(after) > most else after
    ).strip()


def images_without_alt(html: str) -> list[str]:
    """The src of every image in `html` that nobody described: no alt text, or one that is a file's name or says only that it is one."""
    return [
        node.attributes.get("src") or ""
        for node in parse(html).css("img")
        if not describes(node.attributes.get("alt") or "", node.attributes.get("src") or "")
    ]


def describes(alt: str, src: str) -> bool:
    """Whether `alt` says what the image at `src` shows, and is no file's name."""
    name = unquote(src.partition("?")[0]).rpartition("/")[2]
    alt = " ".join(alt.split())
    return bool(re.search(r"\w", alt)) and not _FILE_NAME.fullmatch(alt) and alt not in (name, name.rpartition(".")[0])
