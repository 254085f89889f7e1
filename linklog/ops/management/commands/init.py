"""`linklog init`: make a site, or bring one up to date."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from linklog.ops import installation
from linklog.site.first_run import welcome_url


class Command(BaseCommand):
    help = (
        "Create the database, folders and static files of a site in LINKLOG_HOME, or bring them up to date after an upgrade. "
        "Asks nothing and may be run any time. Example: LINKLOG_HOME=/srv/blog linklog init"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help='Print {"home", "url", "welcome_url"} as JSON.')

    def handle(self, **options: Any) -> None:
        installation.prepare()
        welcome = welcome_url()
        if options["json"]:
            self.stdout.write(
                json.dumps({"home": str(settings.HOME), "url": settings.LINKLOG_URL, "welcome_url": welcome})
            )
            return
        self.stdout.write(f"{settings.HOME} is ready. Start the server with: linklog serve")
        if welcome:
            self.stdout.write(
                f"Then give the site its title and its owner at:\n  {welcome}\n(Keep this address to yourself.)"
            )
