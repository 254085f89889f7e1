"""Who may ask for what: every address that is not a page of the public, for everybody, by both methods, with one's own posts and others'.
The addresses come from the URL configuration, so that a new one is wrong until it says here for whom it is.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linklog.accounts.models import Role, User
from linklog.capture.models import Capture
from linklog.capture.screenshots import Screenshot
from linklog.images.models import MediaFile
from linklog.posts.models import Person, Post
from linklog.posts.models.post import new_code
from tests.builders import make_post
from tests.public_urls import url_names

pytestmark = pytest.mark.django_db

ANYONE, AUTHORS, PUBLISHERS = "anyone", "authors", "authors who can publish"
MAY_EDIT, OWN, TOKEN = "who may edit the post", "whose it is", "who has a token"
DENIED = (401, 403, 404)

# Rooms of authors: for whom each address is. Of the admin, which has an address for each model and each action, see below
FOR = {
    "account_login": ANYONE,
    "account_logout": ANYONE,
    "account_inactive": ANYONE,
    "mfa_login_webauthn": ANYONE,
    "mfa_authenticate": ANYONE,
    "account_reauthenticate": AUTHORS,
    "account_change_password": AUTHORS,
    "account_set_password": AUTHORS,
    "account_sessions": AUTHORS,
    "account_tokens": AUTHORS,
    "account_make_token": AUTHORS,
    "account_revoke_token": OWN,
    "mfa_index": AUTHORS,
    "mfa_reauthenticate": AUTHORS,
    "mfa_reauthenticate_webauthn": AUTHORS,
    "mfa_add_webauthn": AUTHORS,
    "mfa_edit_webauthn": OWN,
    "mfa_remove_webauthn": OWN,
    "mfa_activate_totp": AUTHORS,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": AUTHORS,
    "mfa_download_recovery_codes": OWN,
    "posts:suggest_tags": AUTHORS,
    "posts:suggest_people": AUTHORS,
    "posts:preview": ANYONE,  # with a signed token
    "site:welcome": ANYONE,  # with a signed token, while there is no owner
    "images:media": ANYONE,
    "images:upload": AUTHORS,
    "images:state": AUTHORS,
    "images:library": AUTHORS,
    "images:alt_texts": AUTHORS,
    "images:file": MAY_EDIT,
    "images:replace": MAY_EDIT,
    "images:delete": MAY_EDIT,
    "images:poster": MAY_EDIT,
    "images:captions": MAY_EDIT,
    "images:api": TOKEN,
    "images:api_state": TOKEN,
    "capture:api": TOKEN,
    "capture:read": AUTHORS,
    "capture:start_screenshot": AUTHORS,
    "capture:screenshot": OWN,
    "capture:screenshot_picture": OWN,
    "assist:about": AUTHORS,
    "assist:alt_text": AUTHORS,  # it describes what is sent alone
    "assist:tags": AUTHORS,  # it looks at what is sent alone
    "assist:title": AUTHORS,
    "assist:passages": AUTHORS,  # of pages that they captured themselves
    "assist:tag_description": PUBLISHERS,
    "write:front": AUTHORS,
    "write:keep": AUTHORS,
    "write:dismiss": OWN,
    "write:tag_person": PUBLISHERS,
    "write:tools": AUTHORS,
    "write:manifest": ANYONE,
    "write:service_worker": ANYONE,
    "write:offline": ANYONE,
    "write:new": AUTHORS,
    "write:capture": AUTHORS,
    "write:session": AUTHORS,
    "write:edit": MAY_EDIT,
    "write:save": MAY_EDIT,
    "write:preview": MAY_EDIT,
    "write:checklist": MAY_EDIT,
    "write:check_links": MAY_EDIT,
    "write:images": MAY_EDIT,
    "write:suggest_tags": AUTHORS,  # it looks at what is sent alone
    "write:followed_up": MAY_EDIT,
    "write:history": MAY_EDIT,
    "write:delete": MAY_EDIT,
}
# Views that no token against forged requests protects, each for a reason: it looks at no cookie
WITHOUT_CSRF_TOKEN = {"capture:api", "images:api", "images:api_state"}
CHECKED_WITHIN = {
    "images:upload",
    "images:library",
    "images:replace",
    "images:poster",
    "images:captions",
}  # views that look for it themselves, before they read a large body
EDITORS_APPS = {"posts", "pages"}


def patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found += patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            found.append((f"{prefix}{pattern.name}", pattern))
    return found


PATTERNS = dict(patterns(get_resolver()))
ROOMS = sorted(name for name in PATTERNS if name not in url_names() and not name.startswith("admin:"))


@pytest.fixture
def visitors() -> dict[str, Client]:
    clients = {"stranger": Client()}
    for role in Role:
        user = User.objects.create_user(role.value, password="low-water-at-six", role=role)
        clients[role.value] = Client()
        clients[role.value].force_login(user)
    return clients


def path_of(name: str, whose: User) -> str:
    """An address of this name about things of `whose`, where it is about anything."""
    pattern = PATTERNS[name].pattern
    things: dict[str, Any] = {"kind": "note", "token": "x", "path": "x"}
    if "code" in pattern.converters:
        draft = make_post("note", is_draft=True, published=None)
        Post.objects.filter(pk=draft.pk).update(author=whose)
        things["code"] = draft.code
    if name.startswith("images:"):
        things["code"] = MediaFile.objects.create(digest=new_code(), added_by=whose).code
    if name in ("capture:screenshot", "capture:screenshot_picture"):
        taken = Screenshot(whose.pk, new_code())
        taken.tell(state="ready", url="https://page.example/", title="A page")
        taken.picture.touch()
        things["code"] = taken.code
    if name == "write:dismiss":
        things["pk"] = Capture.objects.create(by=whose, url="https://kept.example/").pk
    if name == "write:tag_person":
        make_post("quotation", people=["Ada Bell"])
        things["slug"] = Person.objects.get().slug
    if name in ("account_revoke_token", "mfa_edit_webauthn", "mfa_remove_webauthn"):
        things["pk"] = 2**31
    return reverse(name, kwargs={key: things[key] for key in pattern.converters})


def is_let_in(client: Client, method: str, path: str) -> bool:
    """A method that an address does not know is known to who is let in."""
    answer = getattr(client, method)(path, follow=True)
    assert answer.status_code < 500, path
    return answer.status_code not in DENIED and answer.request["PATH_INFO"] != "/account/login/"


def test_every_address_says_for_whom_it_is() -> None:
    assert set(ROOMS) == set(FOR)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [name for name in FOR if FOR[name] in (AUTHORS, PUBLISHERS, MAY_EDIT, OWN, TOKEN)])
def test_strangers_are_let_in_nowhere(name: str, method: str, visitors: dict[str, Client]) -> None:
    path = path_of(name, User.objects.get(role=Role.OWNER))
    before = list(Post.objects.values())
    for variant in (path, path.rstrip("/"), f"{path}?x=1"):
        answer = getattr(visitors["stranger"], method)(variant)
        led_away = answer.status_code in (301, 302) and not answer.headers["Location"].startswith("/write/?")
        assert answer.status_code in (*DENIED, 405) or led_away, variant
    assert list(Post.objects.values()) == before


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", [name for name in FOR if FOR[name] == AUTHORS])
def test_every_author_is_let_in(name: str, role: Role, visitors: dict[str, Client]) -> None:
    path = path_of(name, User.objects.get(role=role))
    assert is_let_in(visitors[role.value], "get", path)
    assert is_let_in(visitors[role.value], "post", path)


@pytest.mark.parametrize("name", [name for name in FOR if FOR[name] == PUBLISHERS])
def test_what_changes_what_is_public_is_for_who_can_publish(name: str, visitors: dict[str, Client]) -> None:
    path = path_of(name, User.objects.get(role=Role.OWNER))
    assert [is_let_in(visitors[role.value], "post", path) for role in Role] == [True, True, False]


@pytest.mark.parametrize("name", [name for name in FOR if FOR[name] == MAY_EDIT])
def test_a_draft_is_open_to_its_author_and_to_who_can_publish(name: str, visitors: dict[str, Client]) -> None:
    for whose, who, expected in (
        (Role.CONTRIBUTOR, Role.CONTRIBUTOR, True),
        (Role.EDITOR, Role.CONTRIBUTOR, False),
        (Role.OWNER, Role.EDITOR, True),
        (Role.CONTRIBUTOR, Role.OWNER, True),
    ):
        for method in ("get", "post"):
            path = path_of(name, User.objects.get(role=whose))
            answer = getattr(visitors[who.value], method)(path)
            if answer.status_code != 405:
                assert is_let_in(visitors[who.value], method, path) is expected, (whose, who, method)


@pytest.mark.parametrize("name", [name for name in FOR if FOR[name] == MAY_EDIT])
def test_a_contributor_changes_nothing_that_is_public(name: str, visitors: dict[str, Client]) -> None:
    post = make_post("note", author=User.objects.get(role=Role.CONTRIBUTOR))
    path = reverse(name, args=[post.code])
    before = list(Post.objects.values())
    for action in ("save", "publish", "unpublish", "delete"):
        answer = visitors["contributor"].post(path, {"action": action, "body": "mine"}, follow=True)
        assert answer.status_code in (*DENIED, 405)
    assert list(Post.objects.values()) == before


@pytest.mark.parametrize("name", ["write:dismiss"])
def test_what_is_ones_own_is_closed_to_owners_too(name: str, visitors: dict[str, Client]) -> None:
    path = path_of(name, User.objects.get(role=Role.EDITOR))
    assert not is_let_in(visitors["owner"], "post", path)
    assert not is_let_in(visitors["contributor"], "post", path)
    assert is_let_in(visitors["editor"], "post", path)


ADMIN_LISTS = sorted((model._meta.app_label, model._meta.model_name or "") for model in admin.site._registry)


@pytest.mark.parametrize(("app", "model"), ADMIN_LISTS)
def test_the_admin_lets_in_by_role(app: str, model: str, visitors: dict[str, Client]) -> None:
    for page in ("changelist", "add"):
        path = reverse(f"admin:{app}_{model}_{page}")
        assert not is_let_in(visitors["stranger"], "get", path)
        for method in ("get", "post"):
            assert not is_let_in(visitors["contributor"], method, path)
            may = app in EDITORS_APPS or (app, page) == ("readers", "changelist")
            assert is_let_in(visitors["editor"], method, path) is may, path
    assert is_let_in(visitors["owner"], "get", reverse(f"admin:{app}_{model}_changelist"))


def test_every_form_needs_its_token(visitors: dict[str, Client]) -> None:
    owner = User.objects.get(role=Role.OWNER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    exempt = {name for name, pattern in PATTERNS.items() if getattr(pattern.callback, "csrf_exempt", False)}
    assert exempt == WITHOUT_CSRF_TOKEN | CHECKED_WITHIN
    for name in sorted(set(FOR) - WITHOUT_CSRF_TOKEN):
        path = path_of(name, owner)
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert client.post(path, headers=headers).status_code == 403, name
    for app, model in ADMIN_LISTS:
        for page in ("changelist", "add"):
            assert client.post(reverse(f"admin:{app}_{model}_{page}")).status_code == 403
