"""HTML: sanitised by allow-list as the last step before it is stored, made absolute for feeds, read for links and plain text.

The author may use any harmless element, and frames; HTML from elsewhere only what text needs. Neither may hold script, style,
SVG, MathML or forms: nh3's known holes all need one of those (a test fails if they are let in).
"""

import re
from html import escape
from urllib.parse import urljoin

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

_TEXT_TAGS = {
    "a",
    "abbr",
    "aside",
    "article",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "audio",
    "video",
    "source",
    "track",
    "picture",
    "address",
    "center",
    "big",
    "acronym",
}
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
_BLOCKS = "p,ul,ol,blockquote,pre,table,figure,h1,h2,h3,h4,h5,h6,hr,div,audio,video,iframe,nav,details,dl"


def clean_author(html: str) -> str:
    """The author's own HTML: every element closed, no script, no event handler, no style, frames by https only."""
    return nh3.clean(
        html,
        tags=_AUTHOR_TAGS,
        attributes=_AUTHOR_ATTRIBUTES,
        attribute_filter=_author_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )


def clean_untrusted(html: str, base_url: str = "") -> str:
    """HTML that came from elsewhere: text, links, images, audio and video; relative URLs resolved against `base_url`."""
    html = nh3.clean(
        html,
        tags=_TEXT_TAGS,
        attributes=_TEXT_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    return absolutise(html, base_url) if base_url else html


def _author_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "iframe" and name == "src" and not value.startswith("https://"):
        return None
    return value


def parse(html: str) -> LexborNode:
    """The body of `html` as an HTML5 parser reads it: misnested elements mended, every element closed."""
    body = LexborHTMLParser(html).body
    assert body is not None  # an HTML5 parser always makes one
    return body


def inner_html(node: LexborNode) -> str:
    """The HTML of everything within `node`."""
    html = node.html or ""
    return html[html.index(">") + 1 : html.rindex("</")]


def absolutise(html: str, base_url: str) -> str:
    """`html` with every relative URL, fragments included, made absolute against `base_url`."""
    body = parse(html)
    for node in body.css(_URL_SELECTOR):
        for name in _URL_ATTRIBUTES:
            value = node.attributes.get(name)
            if value is not None:
                node.attrs[name] = _join(base_url, value)
        if srcset := node.attributes.get("srcset"):
            node.attrs["srcset"] = ", ".join(
                " ".join([_join(base_url, url), *size])
                for url, *size in (part.split() for part in srcset.split(",") if part.strip())
            )
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
    """What a person reads of `html`: the words, white space folded."""
    for block in ("</p>", "<br>", "</li>", "</div>", "</blockquote>", "</pre>", "</h"):
        html = html.replace(block, f" {block}")
    return " ".join(parse(html).text(separator="").split()) if html else ""


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
        taken.append(node.html or "")
        length += len(node.text())
    return re.sub(r' id="[^"]*"', "", "\n".join(taken))


def links(html: str) -> list[str]:
    """Every href in `html`, in order."""
    return [href for node in parse(html).css("a[href]") if (href := node.attributes.get("href"))]


def first_image(html: str) -> str:
    """The src of the first image in `html`; "" where there is none."""
    node = parse(html).css_first("img[src]")
    return (node.attributes.get("src") or "") if node else ""
