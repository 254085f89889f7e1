"""Where authors are signed in: sessions in the database that know their author, device and network, and that end.

A session ends after 14 days without a visit (SESSION_COOKIE_AGE), and 90 days after signing in however often it is used. That somebody
was seen is written once an hour.
"""

import datetime as dt
from hashlib import sha256
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from linklog.accounts.models import Session, User
from linklog.core.budget import client_of

LONGEST = dt.timedelta(days=90)
BEFORE_SIGNING_IN = dt.timedelta(hours=1)
SEEN_EVERY = dt.timedelta(hours=1)
_SIGN_IN = "sign_in"
_LONGEST_AGENT = 200
# The first that occurs in the User-Agent: browsers name those that they want to be taken for after themselves
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        session = self._get_session_from_db()  # type: ignore[attr-defined]
        if session is None:
            return {}
        if session.user_id and session.last_seen < timezone.now() - SEEN_EVERY:
            self.modified = True  # so that it is saved, and the cookie sent again, with the answer
        return dict(self.decode(session.session_data))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        is_signed_in = SESSION_KEY in data
        sign_in = data.setdefault(_SIGN_IN, {"at": now.timestamp()}) if is_signed_in else {}
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.user_id = int(data[SESSION_KEY]) if is_signed_in else None
        session.began = dt.datetime.fromtimestamp(sign_in.get("at", now.timestamp()), dt.UTC)
        session.last_seen = now
        session.expire_date = min(session.expire_date, session.began + (LONGEST if is_signed_in else BEFORE_SIGNING_IN))
        session.agent, session.network = sign_in.get("agent", ""), sign_in.get("network", "")
        return session


def note_sign_in(request: HttpRequest) -> None:
    """Who signs in now: the session's 90 days begin, and its device and network are kept for the author to know it by."""
    agent = request.headers.get("User-Agent", "")[:_LONGEST_AGENT]
    request.session[_SIGN_IN] = {"at": timezone.now().timestamp(), "agent": agent, "network": client_of(request)}


def signed_in_at(request: HttpRequest) -> float:
    """Seconds since the epoch; 0 where nobody is signed in."""
    return float(request.session.get(_SIGN_IN, {}).get("at", 0))


def sessions_of(user: User) -> list[Session]:
    """The latest seen first."""
    return list(user.sessions.filter(expire_date__gt=timezone.now()))


def end(user: User, name: str) -> None:
    """End the session called `name`, if it is the user's."""
    for session in user.sessions.all():
        if name_of(session.session_key) == name:
            session.delete()


def end_others(user: User, key: str | None) -> None:
    """End all but the one with this key."""
    user.sessions.exclude(session_key=key).delete()


def name_of(key: str) -> str:
    """What a page may call a session, whose key would open it."""
    return sha256(key.encode()).hexdigest()[:20]


def clear_expired() -> None:
    SessionStore.clear_expired()


def device_of(agent: str) -> str:
    """The User-Agent header in words: “Firefox on Android”."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
