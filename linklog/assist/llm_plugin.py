"""What the `llm` command learns of the archive: `llm -f linklog:tag/tides …` and `llm -t linklog:tags`.

Every process that uses the library loads this module, so it imports nothing of Linklog until one of its loaders is asked.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from llm import Fragment, Template, hookimpl

PREFIX = "linklog"


@hookimpl
def register_fragment_loaders(register: Callable[..., None]) -> None:
    register(PREFIX, load_fragments)


@hookimpl
def register_template_loaders(register: Callable[..., None]) -> None:
    register(PREFIX, load_template)


def load_fragments(argument: str) -> list[Fragment]:
    """Public posts of this site: tag/NAME, post/CODE, search/QUERY, or latest."""
    open_site()
    from linklog.assist.fragments import find

    found = find(argument)
    if found.note:
        sys.stderr.write(f"{found.note}\n")
    return [Fragment(text, url) for url, text in found.documents]


def load_template(argument: str) -> Template:
    """A prompt of the assistant, as this site's owner left it, such as alt-text or tags."""
    open_site()
    from linklog.assist.llm_templates import template

    return Template(name=f"{PREFIX}:{argument}", **template(argument))


def open_site() -> None:
    """Django for the site in LINKLOG_HOME. Where there is none, nothing is made."""
    import django
    from django.apps import apps

    home = Path(os.environ.get("LINKLOG_HOME", "data")).expanduser()
    if not ((home / "secret-key").exists() or os.environ.get("LINKLOG_SECRET_KEY")):
        raise ValueError(f"there is no Linklog site in {home}. Set LINKLOG_HOME to the folder of one.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linklog.settings")
    if not apps.ready:
        django.setup()
