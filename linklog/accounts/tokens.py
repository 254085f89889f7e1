"""API tokens: made once, kept as a hash, asked for by `Authorization: Bearer` alone.

A token is 160 random bits behind a prefix by which scanners for leaked secrets can know it. What is stored is its SHA-256: with that
many random bits a slow hash would add nothing, and a look-up by the hash tells nobody how much of a guess was right.
"""

import datetime as dt
import hashlib
import secrets

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from linklog.accounts.models import ApiToken, User

PREFIX = "linklog_"
_RANDOM_BYTES = 20
_LONGEST = 100
_LAST_USED_EVERY = dt.timedelta(hours=1)


class MissingScope(Exception):
    """The token is good, but was not made for this: a 403, where no good token is a 401."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


def make(user: User, name: str, scopes: list[str], expires: dt.datetime | None = None) -> str:
    """A new token for `user`. It is returned this once and can never be read again."""
    token = PREFIX + secrets.token_hex(_RANDOM_BYTES)
    ApiToken.objects.create(user=user, name=name, scopes=scopes, expires=expires, digest=_digest(token))
    return token


def user_of(request: HttpRequest, scope: str) -> User | None:
    """Whose token the request carries; None where it carries none that is good. Raises MissingScope for one made for something else."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > _LONGEST:
        return None
    found = ApiToken.objects.good().select_related("user").filter(digest=_digest(token)).first()
    if found is None:
        return None
    if scope not in found.scopes:
        raise MissingScope(scope)
    _note_use(found)
    return found.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _note_use(token: ApiToken) -> None:
    """When it was last used, within the hour: one write an hour, however often it is used."""
    now = timezone.now()
    stale = Q(last_used=None) | Q(last_used__lt=now - _LAST_USED_EVERY)
    if token.last_used is None or token.last_used < now - _LAST_USED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used=now)
