"""`linklog resetmfa`: for who lost passkeys, phone and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from linklog.accounts.models import User


class Command(BaseCommand):
    help = (
        "Take away an author's passkeys, one-time codes and recovery codes, so that the password alone signs in, and sign the author "
        "out everywhere. Example: linklog resetmfa mira"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="The name to sign in with.")

    def handle(self, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {username}.")
        count, _of_each = Authenticator.objects.filter(user=user).delete()
        user.sessions.all().delete()
        self.stdout.write(
            f"{username} now signs in with the password alone."
            if count
            else f"{username} had no passkeys and no codes; all sessions are ended."
        )
