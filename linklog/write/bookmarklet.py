"""The bookmarklets: what a browser runs on somebody else's page when the author clicks one.

They only open an address of this site with the page's own address, title, selected words and referrer, so that they need nothing
that the page's Content-Security-Policy could refuse. The address stays short enough for the front servers people use; selected words
that do not fit are cut, and end in […] then.
"""

import json
from urllib.parse import quote

MAX_SELECTION = 5_000  # characters
MAX_ADDRESS = 7_500  # a line of a request may have 8 kB in nginx
_CODE = """(() => {
let text = String(getSelection() || "").trim(), cut = "", address;
const parts = new URLSearchParams({ url: location.href, title: document.title, via: document.referrer });
if (text.length > %(most)d) [text, cut] = [text.slice(0, %(most)d), " […]"];
for (;;) {
parts.set("text", text && text.replace(/[\\ud800-\\udbff]$/, "") + cut);
address = %(target)s + "?" + parts;
if (address.length <= %(longest)d || !text) break;
[text, cut] = [text.slice(0, -100), " […]"];
}
if (!open(address)) location.href = address;
})()"""


def bookmarklet(target: str) -> str:
    """A `javascript:` address that opens `target`, an absolute address of this site, with what it knows of the page it runs on."""
    code = _CODE % {"most": MAX_SELECTION, "longest": MAX_ADDRESS, "target": json.dumps(target)}
    return "javascript:" + quote(code.replace("\n", " "), safe="()=>{}[],;:!?.|&+*/'")
