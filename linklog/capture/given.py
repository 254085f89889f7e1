"""What comes along with a link: its address, the page's title, the words selected there, the page that led there.

A bookmarklet names all four. A phone's “share” often puts the address among the words, or into the title.
"""

import re
from collections.abc import Mapping

from linklog.capture.via import via_of
from linklog.core import links
from linklog.core.xml import strip_illegal

NAMES = ("url", "title", "text", "via")
_URL = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_TEXT_FRAGMENT = re.compile(r"#?:~:.*$")  # https://wicg.github.io/scroll-to-text-fragment/
_QUOTED = re.compile(r'^["“](.*)["”]$', re.DOTALL)


def given(data: Mapping[str, str]) -> dict[str, str]:
    """The four texts among `data`, all there, the address found wherever it stands; "" for what is not given."""
    texts = {name: strip_illegal(str(data.get(name) or "")).strip() for name in NAMES}
    if not links.is_web_url(texts["url"]):
        texts["url"] = ""
        for name in ("text", "title"):
            if found := _URL.findall(texts[name]):
                texts["url"] = found[-1].rstrip(".,;:!?")
                texts[name] = texts[name].replace(found[-1], "").strip()
                break
    shared = _TEXT_FRAGMENT.search(texts["url"])
    texts["url"] = links.without_tracking(texts["url"])
    if shared and (quoted := _QUOTED.match(texts["text"])):
        texts["text"] = quoted[1]
    if texts["text"] == texts["title"]:
        texts["text"] = ""
    texts["via"] = via_of(texts["via"], texts["url"])
    return texts
