"""Markdown to HTML, once, at save: CommonMark with tables, footnotes, coloured code, heading anchors, a table of contents,
figures, audio and video. Pure: nothing here reads a setting or the database. The result is not yet sanitised: `core.html` is last.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.footnote import footnote_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from linklog.core.slugs import slugify

TOC_MARK = "[TOC]"
TOC_FROM_HEADINGS = 3
DEEPEST_ANCHOR = 4
VIDEO = {".mp4", ".webm", ".mov", ".m4v", ".ogv"}
AUDIO = {".mp3", ".ogg", ".oga", ".wav", ".m4a", ".flac", ".opus", ".weba"}
_QUOTES = {
    "de": "„“‚‘",
    "sv": "””’’",
    "fi": "””’’",
    "fr": ["«\xa0", "\xa0»", "‹\xa0", "\xa0›"],
    "pl": "„”‚’",
    "cs": "„“‚‘",
}
_TASK = re.compile(r"\[([ xX])\] ")
_ENGLISH_QUOTES = "“”‘’"


@dataclass(frozen=True)
class Shown:
    """How an image, film or sound of this site is shown: the address and size of the main file, and what else there is of it."""

    src: str
    width: int | None = None
    height: int | None = None
    srcset: str = ""
    sizes: str = ""
    sources: tuple[tuple[str, str], ...] = ()  # (media type, srcset) of better formats
    poster: str = ""
    tracks: tuple[tuple[str, str, str], ...] = ()  # (src, language, label) of captions
    loops: bool = False
    credit_url: str = ""


FindShown = Callable[[Collection[str]], Mapping[str, Shown]]


@dataclass(frozen=True)
class Rendered:
    """`html` of the text; `toc_html` only where the text has three headings and more and does not place [TOC] itself."""

    html: str
    toc_html: str = ""


def render(source: str, doc_id: str, language: str = "en", find_shown: FindShown = lambda sources: {}) -> Rendered:
    """Render Markdown. `doc_id` keeps the footnotes of several posts on one page apart; `find_shown` is asked once, with the address
    of every image, film and sound in the text, where there is one, and answers for those that it knows."""
    env: dict[str, object] = {"docId": doc_id, "find_shown": find_shown}
    parser = _parser(language.split("-")[0].lower())
    tokens = parser.parse(source, env)
    toc = _toc_html(tokens)
    html = parser.renderer.render(tokens, parser.options, env)
    if f"<p>{TOC_MARK}</p>" in html:
        return Rendered(html.replace(f"<p>{TOC_MARK}</p>", toc))
    return Rendered(html, toc if toc.count("<li>") >= TOC_FROM_HEADINGS else "")


def render_inline(source: str, language: str = "en") -> str:
    """One line of Markdown, without the paragraph around it."""
    return _parser(language.split("-")[0].lower()).renderInline(source, {})


def parsed(source: str) -> tuple[list[Token], Mapping[str, object]]:
    """The tokens of `source`, those within lines included, and what it defines for links by reference."""
    env: dict[str, Any] = {}
    tokens = _parser("en").parse(source, env)
    return [one for token in tokens for one in (token, *(token.children or ()))], env.get("references", {})


def plain(image: Token) -> str:
    """The alt text of an image."""
    parser = _parser("en")
    return parser.renderer.renderInlineAsText(image.children or [], parser.options, {})  # type: ignore[attr-defined]


@lru_cache
def _parser(language: str) -> MarkdownIt:
    options = {
        "html": True,
        "typographer": True,
        "quotes": _QUOTES.get(language, _ENGLISH_QUOTES),
        "highlight": _highlight,
    }
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "smartquotes"])
    parser.use(footnote_plugin)
    parser.use(attrs_plugin, after=("image",), allowed=("width", "height"))
    parser.core.ruler.push("anchors", _anchors)
    parser.core.ruler.push("shown", _find_shown)
    parser.core.ruler.push("figures", _figures)
    parser.core.ruler.push("alignment", _alignment)
    parser.core.ruler.push("tasks", _tasks)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _highlight(code: str, language: str, _attributes: str) -> str:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        coloured = escape(code, quote=False)
    else:
        coloured = highlight(code, lexer, HtmlFormatter(nowrap=True))
    name = f' class="language-{escape(language)}"' if language else ""
    return f'<pre class="highlight" tabindex="0"><code{name}>{coloured}</code></pre>'


def _table_open(renderer: RendererHTML, tokens: list[Token], index: int, options: object, env: object) -> str:
    return '<div class="table-wrap" tabindex="0"><table>\n'


def _table_close(renderer: RendererHTML, tokens: list[Token], index: int, options: object, env: object) -> str:
    return "</table></div>\n"


def _find_shown(state: StateCore) -> None:
    """What is known of all images of the text, asked for at once."""
    images = (child for token in state.tokens for child in token.children or [] if child.type == "image")
    sources = {str(image.attrs.get("src", "")) for image in images}
    if sources and "find_shown" in state.env:
        state.env["shown"] = state.env["find_shown"](sources)


def _shown(token: Token, env: Mapping) -> Shown:
    src = str(token.attrs.get("src", ""))
    return env.get("shown", {}).get(src) or Shown(src)


def _image(renderer: RendererHTML, tokens: list[Token], index: int, options: object, env: dict) -> str:
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children or [], options, env)  # type: ignore[arg-type]
    given = {name: str(value) for name, value in token.attrs.items() if name in ("width", "height")}
    shown = _shown(token, env)
    ending = re.sub(r"[?#].*", "", shown.src)
    ending = ending[ending.rfind(".") :].lower()
    if ending in VIDEO:
        return _video(shown, alt, given)
    if ending in AUDIO:
        return f"<audio{_played(shown, alt)}{_link(shown, alt)}</audio>"
    return _picture(shown, alt, given, str(token.attrs.get("title", "")))


def _picture(shown: Shown, alt: str, given: dict[str, str], title: str) -> str:
    """An <img>, within a <picture> where there are better formats. A width or height that the author gave wins."""
    sizes = f"{given['width']}px" if given.get("width", "").isdigit() else shown.sizes
    choices = {"srcset": shown.srcset, "sizes": sizes if shown.srcset else ""}
    image = {"src": shown.src, "alt": alt} | _some(choices) | (given or _size(shown)) | _some({"title": title})
    html = f"<img{_attributes(image | {'loading': 'lazy', 'decoding': 'async'})}>"
    if not shown.sources:
        return html
    better = [_some({"type": media_type, "srcset": srcset, "sizes": sizes}) for media_type, srcset in shown.sources]
    return f"<picture>{''.join(f'<source{_attributes(source)}>' for source in better)}{html}</picture>"


def _video(shown: Shown, alt: str, given: dict[str, str]) -> str:
    extra = _attributes(_some({"poster": shown.poster}) | (given or _size(shown)))
    tracks = (
        f"<track{_attributes({'src': src, 'kind': 'captions', 'srclang': language, 'label': label})}>"
        for src, language, label in shown.tracks
    )
    loops = " loop muted playsinline" if shown.loops else ""
    return f"<video{_played(shown, alt, extra + loops)}{''.join(tracks)}{_link(shown, alt)}</video>"


def _played(shown: Shown, alt: str, extra: str = "") -> str:
    return f' controls preload="metadata"{_attributes({"src": shown.src} | _some({"aria-label": alt}))}{extra}>'


def _link(shown: Shown, alt: str) -> str:
    """For who cannot play it."""
    return f'<a href="{escape(shown.src)}">{escape(alt or shown.src)}</a>'


def _size(shown: Shown) -> dict[str, str]:
    return {"width": str(shown.width), "height": str(shown.height)} if shown.width and shown.height else {}


def _some(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _anchors(state: StateCore) -> None:
    """Headings down to the fourth level get an id made of their words; of several alike the second ends in -1.

    In linear time, which the anchors plugin of mdit-py-plugins does not keep for many headings of one name.
    """
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for heading, inline in pairwise(state.tokens):
        if heading.type != "heading_open" or int(heading.tag[1]) > DEEPEST_ANCHOR:
            continue
        anchor = slug = slugify(_words(inline)) or "section"
        while anchor in taken:
            numbers[slug] += 1
            anchor = f"{slug}-{numbers[slug]}"
        taken.add(anchor)
        heading.attrSet("id", anchor)


def _words(inline: Token) -> str:
    """What a person reads of a line, without its marks and tags."""
    spoken = ("text", "code_inline", "image")
    return "".join(child.content for child in inline.children or [] if child.type in spoken)


def _figures(state: StateCore) -> None:
    """A paragraph that is one image with a title, perhaps linked, becomes a <figure> with the title as its caption, which leads to
    where the image is from."""
    for opening, inline, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opening.type != "paragraph_open" or opening.hidden or not inline.children:
            continue
        children = [child for child in inline.children if child.type not in ("link_open", "link_close")]
        if len(children) != 1 or children[0].type != "image" or "title" not in children[0].attrs:
            continue
        words = escape(str(children[0].attrs.pop("title")))
        if url := _shown(children[0], state.env).credit_url:
            words = f'<a href="{escape(url)}">{words}</a>'
        inline.children.append(Token("html_inline", "", 0, content=f"<figcaption>{words}</figcaption>"))
        opening.tag = closing.tag = "figure"


def _alignment(state: StateCore) -> None:
    """Columns are aligned by `align`, which feed readers and mail know, where the parser writes a style that no policy lets in."""
    for token in state.tokens:
        if token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", "")):
            token.attrs["align"] = str(style).removeprefix("text-align:")


def _tasks(state: StateCore) -> None:
    """`- [ ]` and `- [x]` as ballot boxes: a reader may see what is done, but there is nothing to tick."""
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type == "list_item_open" and paragraph.type == "paragraph_open" and inline.children:
            first = inline.children[0]
            if first.type == "text" and (match := _TASK.match(first.content)):
                first.content = ("☐ " if match[1] == " " else "☑ ") + first.content[match.end() :]


def _toc_html(tokens: list[Token]) -> str:
    """The headings as nested lists of links, in a <nav class="toc">; "" without headings."""
    headings = [
        (int(token.tag[1]), str(token.attrs["id"]), _words(inline))
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and "id" in token.attrs
    ]
    if not headings:
        return ""
    html, open_levels = [], []
    for level, anchor, title in headings:
        while len(open_levels) > 1 and open_levels[-1] > level:
            html.append("</li></ul>")
            open_levels.pop()
        if open_levels and level <= open_levels[-1]:
            html.append("</li>")
            open_levels[-1] = level
        else:
            html.append("<ul>")
            open_levels.append(level)
        html.append(f'<li><a href="#{escape(anchor)}">{escape(title, quote=False)}</a>')
    html.append("</li></ul>" * len(open_levels))
    return f'<nav class="toc">{"".join(html)}</nav>\n'
