"""Hostile HTML and Markdown, and an HTML parser as judge of what is left of it after cleaning."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from selectolax.lexbor import LexborHTMLParser

PAYLOADS = [
    "<script>x()</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>x()</scr</script>ipt>",
    "<script/x>x()</script >",
    "<script\n>x()</script\t\n>",
    "<<script>x();//<</script>",
    "<img src=x onerror=x()>",
    '<img src="x" OnErRoR="x()">',
    "<img/src=x/onerror=x()>",
    "<img src=x onerror\n=\nx()>",
    '<img """><script>x()</script>">',
    '<a title="\\"><img src=x onerror=x()>">y</a>',
    "<body onload=x()>",
    "<details open ontoggle=x()>",
    "<video><source onerror=x()></video>",
    "<audio src=x onerror=x()></audio>",
    "<p onmouseover=x()>y</p>",
    "<p tabindex=1 onfocus=x() autofocus>y</p>",
    '<a href="javascript:x()">y</a>',
    '<a href=" javascript:x()">y</a>',
    '<a href="JaVaScRiPt:x()">y</a>',
    '<a href="java\tscript:x()">y</a>',
    '<a href="java\nscript:x()">y</a>',
    '<a href="java&#x0D;script:x()">y</a>',
    '<a href="java&Tab;script:x()">y</a>',
    '<a href="java&NewLine;script:x()">y</a>',
    '<a href="&#1;javascript:x()">y</a>',
    '<a href="java&#1;script:x()">y</a>',
    '<a href="java&#11;script:x()">y</a>',
    '<a href="java&#xFFFE;script:x()">y</a>',
    '<a href="javascript&colon;x()">y</a>',
    '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;x()">y</a>',
    '<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;x()">y</a>',
    "<a href='vbscript:x()'>y</a>",
    '<a href="data:text/html,<script>x()</script>">y</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">y</a>',
    '<a href="blob:https://evil.example/1">y</a>',
    '<a href="view-source:javascript:x()">y</a>',
    '<a href="https://good.example" ping="javascript:x()">y</a>',
    '<a xlink:href="javascript:x()">y</a>',
    '<img src="javascript:x()">',
    '<img src="data:image/svg+xml,<svg onload=x()>">',
    '<img srcset="javascript:x() 1x, data:image/svg+xml,%3Csvg%3E 2x">',
    '<img srcset="a.png 1x,\tdata:text/html,z 2x" src=x>',
    '<img lowsrc="javascript:x()" dynsrc="javascript:x()">',
    '<video poster="javascript:x()" src="data:video/mp4;base64,AA"></video>',
    '<blockquote cite="javascript:x()">y</blockquote>',
    '<q cite="java&#10;script:x()">y</q>',
    '<del cite="data:text/html,x">y</del>',
    '<iframe src="javascript:x()"></iframe>',
    '<iframe src="data:text/html,<script>x()</script>"></iframe>',
    '<iframe srcdoc="<script>x()</script>"></iframe>',
    '<iframe src="https://good.example" onload=x()></iframe>',
    '<object data="javascript:x()"></object>',
    '<embed src="javascript:x()">',
    "<applet code=x></applet>",
    '<base href="javascript:x()//">',
    '<meta http-equiv="refresh" content="0;url=javascript:x()">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    "<style>*{background:url(javascript:x())}</style>",
    "<style><img src='</style><img src=x onerror=x()>'></style>",
    '<p style="background:url(javascript:x())">y</p>',
    '<p style="position:fixed;inset:0">y</p>',
    "<svg onload=x()>",
    "<svg><script>x()</script></svg>",
    "<svg><a xlink:href='javascript:x()'><text>y</text></a></svg>",
    "<svg><style><img src=x onerror=x()></style></svg>",
    "<svg><animate attributeName=href values=javascript:x() /></svg>",
    "<svg><foreignObject><img src=x onerror=x()></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=x()></style></mglyph></table></mtext></math>",
    '<math href="javascript:x()">y</math>',
    "<math><annotation-xml encoding='text/html'><img src=x onerror=x()></annotation-xml></math>",
    '<form action="javascript:x()"><input type=submit></form>',
    "<button formaction=javascript:x()>y</button>",
    "<input autofocus onfocus=x()>",
    "<select autofocus onfocus=x()></select>",
    "<textarea><img src=x onerror=x()></textarea>",
    "<isindex action=javascript:x() type=image>",
    "<marquee onstart=x()>y</marquee>",
    "<frameset onload=x()><frame src=javascript:x()></frameset>",
    "<template><script>x()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=x()>'></noscript>",
    "<noembed><img src=x onerror=x()></noembed>",
    "<xmp><p title='</xmp><img src=x onerror=x()>'></xmp>",
    "<plaintext><img src=x onerror=x()>",
    "<title><p title='</title><img src=x onerror=x()>'></title>",
    "<!--><img src=x onerror=x()>-->",
    "<!-- --!><img src=x onerror=x()> -->",
    "<![CDATA[<img src=x onerror=x()>]]>",
    "<?xml-stylesheet href='javascript:x()'?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<table background='javascript:x()'><td background='javascript:x()'>y",
    "<a href=https://good.example/\x00onclick=x()>y</a>",
    "<im\x00g src=x onerror=x()>",
    "\ufeff<img src=x onerror=x()>",
    "<a href='\ud800javascript:x()'>y</a>",
    "<p><a href='https://good.example'><p><img src=x onerror=x()></a>",
    "[y](javascript:x())",
    "[y](JAVASCRIPT:x())",
    "[y](  javascript:x()  )",
    "[y](java&#x0A;script:x())",
    "[y](<java\tscript:x()>)",
    "[y](data:text/html;base64,PHNjcmlwdD4=)",
    "![y](javascript:x())",
    "![y](data:image/svg+xml;base64,PHN2Zz4=)",
    '![y](https://good.example/"onerror="x\\(\\))',
    '![y](x "\\"><script>x()</script>")',
    "<javascript:x()>",
    "<data:text/html,x>",
    "[y]: javascript:x()\n\n[y]",
    '[y](https://good.example "\\" onmouseover=\\"x()")',
    '![y](x.mp4"onerror=x())',
    "![<script>x()</script>](x.mp3)",
    "![y](x){onerror=x()}",
    "```<script>x()</script>\ny\n```",
    '```a"onclick="x()\ny\n```',
    "# <img src=x onerror=x()>\n\n# a\n\n# b",
    "[^<script>]\n\n[^<script>]: <img src=x onerror=x()>",
    "| <img src=x onerror=x()> |\n|---|\n| <script>x()</script> |",
]

FORBIDDEN_TAGS = {
    "script", "style", "svg", "math", "form", "input", "button", "select", "textarea", "object", "embed", "applet", "base",
    "meta", "link", "template", "frame", "frameset", "noscript", "noembed", "xmp", "plaintext", "title", "marquee",
    "annotation-xml", "foreignobject", "animate", "isindex",
}  # fmt: skip
URL_ATTRIBUTES = {"href", "src", "cite", "poster", "action", "formaction", "data", "background", "ping", "longdesc"}
SAFE_SCHEMES = {"http", "https", "mailto", "ftp", "gemini", "tel", "xmpp", "irc", "magnet"}


def troubles(html: str) -> list[str]:
    """What a browser would find dangerous in `html`, by two parsers; empty when it is clean."""
    return [trouble for tag, attributes in _elements(html) for trouble in _of_element(tag, attributes)]


def _elements(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    body = LexborHTMLParser(html).root
    for node in body.css("*") if body else []:
        yield (node.tag or "").lower(), {name.lower(): value or "" for name, value in node.attributes.items()}
    yield from _Tags.of(html)


class _Tags(HTMLParser):
    """Every tag as the standard library's lenient parser sees it: another opinion."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    @classmethod
    def of(cls, html: str) -> list[tuple[str, dict[str, str]]]:
        parser = cls()
        parser.feed(html)
        parser.close()
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def _of_element(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    if tag in FORBIDDEN_TAGS:
        yield f"<{tag}>"
    for name, value in attributes.items():
        if name.startswith("on") or name in ("style", "srcdoc"):
            yield f"<{tag} {name}>"
        urls = [part.split()[0] for part in value.split(",") if part.strip()] if name == "srcset" else [value]
        if (name in URL_ATTRIBUTES or name == "srcset" or name.endswith(":href")) and not all(map(is_safe, urls)):
            yield f"<{tag} {name}={value!r}>"


def is_safe(url: str) -> bool:
    """By the scheme that https://url.spec.whatwg.org/#concept-basic-url-parser reads; a relative address is safe."""
    url = re.sub(r"[\t\n\r]", "", url.strip("".join(map(chr, range(0x21)))))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    return scheme is None or scheme[1].lower() in SAFE_SCHEMES
