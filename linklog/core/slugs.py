"""Names to addresses: `[a-z0-9-]+` from any script, so that a tag called C++, Node.js or 日本語 has an address that reads."""

import re
from hashlib import sha256

from anyascii import anyascii

_SPOKEN = {"+": " plus ", "#": " sharp ", "&": " and "}


def slugify(text: str, max_length: int = 200) -> str:
    """The slug of `text`, cut at a word where it is too long; "" only where `text` holds no letter, digit or sign at all.

    "C++" is c-plus-plus, "C#" c-sharp, "Node.js" node-js, ".NET" dot-net, "日本語" is spelt out in Latin letters.
    """
    text = re.sub(r"(?<=\w)[+#]+", lambda m: "".join(_SPOKEN[sign] for sign in m.group()), text)
    text = re.sub(r"\s*&\s*", _SPOKEN["&"], text)
    text = re.sub(r"(^|\s)\.(?=[A-Za-z])", r"\1dot ", text)
    text = re.sub(r"[^\x00-\x7f]+", lambda m: anyascii(m.group()), text).lower()
    text = re.sub(r"['’]", "", text)
    slug = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    if len(slug) > max_length:
        cut = slug[: max_length + 1].rfind("-")
        slug = slug[: cut if cut > max_length // 2 else max_length].rstrip("-")
    return slug


def tag_slug(name: str) -> str:
    """As `slugify`, but never empty: a name of punctuation alone gets a stable slug made from its hash."""
    return slugify(name, 100) or f"tag-{sha256(name.encode(errors='replace')).hexdigest()[:8]}"
