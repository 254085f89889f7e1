"""`linklog capture URL`: a link into the inbox, or a draft of it, from a terminal. The page is read at once."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from linklog.accounts.models import Role, User
from linklog.capture.arrivals import arrived
from linklog.capture.filling import page_of
from linklog.capture.given import given
from linklog.capture.jobs import fill_draft
from linklog.capture.models import Capture
from linklog.capture.reading import read_capture


class Command(BaseCommand):
    help = (
        "Keep a link in the inbox, or make a draft of it, and read its page. Example: linklog capture https://clocks.example/tides "
        "--text 'Brass, mostly.' --draft"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", metavar="URL")
        parser.add_argument("--title", default="", help="What the page is called, if it does not say.")
        parser.add_argument("--text", default="", help="Words of the page, to be quoted.")
        parser.add_argument("--via", default="", metavar="URL", help="The page that led there.")
        parser.add_argument("--draft", action="store_true", help="Make a draft, rather than keep it in the inbox.")
        parser.add_argument("--author", default="", metavar="NAME", help="Whose it is; the only owner's unless told.")
        parser.add_argument("--json", action="store_true", help="Print what was found as JSON.")

    def handle(self, url: str, **options: Any) -> None:
        wanted = given({"url": url, "title": options["title"], "text": options["text"], "via": options["via"]})
        if not wanted["url"]:
            raise CommandError("That is not a whole address: it begins with https:// or http://.", returncode=2)
        capture = arrived(_author(options["author"]), wanted, as_draft=options["draft"])
        if capture.state != Capture.State.READ:
            read_capture(capture)
            fill_draft(capture)
        if options["json"]:
            self.stdout.write(json.dumps(_document(capture), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(capture)))


def _author(name: str) -> User:
    users = User.objects.filter(is_active=True)
    found = list(users.filter(username=name) if name else users.filter(role=Role.OWNER)[:2])
    if len(found) != 1:
        problem = f"There is no author {name}." if name else "There is not one owner: say whose it is with --author."
        raise CommandError(problem, returncode=2)
    return found[0]


def _document(capture: Capture) -> dict[str, Any]:
    page = page_of(capture)
    return {
        "id": capture.pk,
        "edit_url": settings.LINKLOG_URL + capture.edit_path,
        "problem": capture.problem,
    } | page.as_facts()


def _lines(capture: Capture) -> list[str]:
    page = page_of(capture)
    found = [
        page.title or capture.title or page.url,
        page.url,
        ", ".join([*page.authors, *filter(None, [page.site, page.published])]),
        capture.problem,
        *page.notes,
    ]
    place = "A draft was made" if capture.code else "It is in the inbox"
    return [*filter(None, found), f"{place}: {settings.LINKLOG_URL}{capture.edit_path}"]
