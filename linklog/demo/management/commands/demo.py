"""`linklog demo`: a site to look at, in one command."""

import json
import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from linklog.core.secrets import read_or_create_secret
from linklog.demo.management.desk import lay_out
from linklog.ops import installation
from linklog.posts.models import Post
from linklog.site import first_run

CONTENT = Path(__file__).parents[2]
OWNER = "mira"
PASSWORD_BYTES = 9


class Command(BaseCommand):
    help = (
        "Make a site with seventy posts of demo content and an owner, and serve it. A second run keeps what was written. "
        "Example: linklog demo --port 8000"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="The port to listen on (default: 8000).")
        parser.add_argument("--no-serve", action="store_true", help="Only make the site.")
        parser.add_argument("--json", action="store_true", help='Print {"url", "owner", "password"} as JSON.')
        parser.add_argument("--quiet", action="store_true", help="Print nothing but errors.")

    def handle(self, port: int, **options: Any) -> None:
        installation.prepare()
        password_file = settings.HOME / "demo-password"
        users = get_user_model().objects
        if not first_run.has_owner():
            users.create_superuser(
                OWNER, "", read_or_create_secret(password_file, PASSWORD_BYTES), name="Mira Lindqvist"
            )
        if not Post.objects.exists():
            shutil.copytree(CONTENT / "media", Path(settings.MEDIA_ROOT) / "demo", dirs_exist_ok=True)
            author = (
                users.filter(is_superuser=True, is_active=True).order_by("pk").values_list("username", flat=True)[0]
            )
            call_command("import", str(CONTENT / "content.json"), author=author, quiet=True, whole_site=True)
            lay_out(users.get(username=author))
        url = settings.LINKLOG_URL if "LINKLOG_URL" in os.environ else f"http://localhost:{port}"
        password = password_file.read_text().strip() if password_file.exists() else ""
        owner = OWNER if password else users.order_by("pk").values_list("username", flat=True)[0]
        if options["json"]:
            self.stdout.write(json.dumps({"url": f"{url}/", "owner": owner, "password": password}))
        elif not options["quiet"]:
            told = password or "(as you set it; a new one: linklog changepassword)"
            self.stdout.write(f"\n  {url}/\n  sign in at {url}/write/ as  {owner}\n  password  {told}\n")
        if not options["no_serve"]:
            call_command("serve", port=port)
