"""What a result shows of its post: texts with what was searched for in <mark>. No queries."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from linklog.search import snippets
from linklog.search.query import Words

register = template.Library()


@register.filter
def marked(text: str, wanted: Sequence[Words]) -> SafeString:
    """`text` with the words wanted marked."""
    return snippets.marked(text, wanted)


@register.filter
def excerpt(source_html: str, wanted: Sequence[Words]) -> SafeString:
    """The words around what is wanted, marked."""
    return snippets.excerpt(source_html, wanted)
