"""A post as a Markdown document with YAML front matter. Values are JSON, which is YAML, so that no title can break out."""

import datetime as dt
import json
import re

from linklog.posts.models import Post


def document(post: Post) -> str:
    """The post's source under its front matter; the source keeps its own format, which `format` names."""
    fields: dict[str, object] = {
        "title": post.display_title,
        "kind": post.kind,
        "url": post.absolute_url,
        "short_url": post.short_url,
        "published": _stamp(post.published),
        "updated": _stamp(post.updated),
        "author": post.author.get_full_name() if post.author else "",
        "language": post.effective_language,
        "link_url": post.link_url,
        "via_url": post.via_url,
        "via_title": post.via_title,
        "context": post.context,
        "credits": [person.name for person in post.credited],
        "tags": [tag.slug for tag in post.tag_list],
        "series": post.series.name if post.series else "",
        "format": post.body_format,
    }
    lines = [f"{name}: {_yaml(value)}" for name, value in fields.items() if value]
    return "---\n" + "\n".join(lines) + "\n---\n\n" + post.body.rstrip("\n") + "\n"


def _yaml(value: object) -> str:
    """JSON, with those characters escaped that YAML takes for line breaks or does not allow (https://yaml.org/spec/1.2.2/#51-character-set)."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda match: f"\\u{ord(match.group()):04x}", text)


def _stamp(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if moment else ""
