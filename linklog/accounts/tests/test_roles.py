"""Owners do everything, editors what concerns posts and pages, contributors write drafts of their own."""

from typing import Any

import pytest
from django.test import Client

from linklog.accounts.models import Role, User
from linklog.posts.models import Post
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def one(role: Role, name: str = "") -> User:
    return User.objects.create_user(name or role.value, role=role, password="low-water-at-six")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_admin_follows_the_role() -> None:
    assert [(user.is_staff, user.is_superuser) for user in map(one, Role)] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    editor = User.objects.get(role=Role.EDITOR)
    editor.role = Role.CONTRIBUTOR
    editor.is_superuser = True
    editor.save()
    assert (editor.is_staff, editor.is_superuser) == (False, False)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("posts.change_note", {Role.OWNER, Role.EDITOR}),
        ("posts.delete_tag", {Role.OWNER, Role.EDITOR}),
        ("pages.add_page", {Role.OWNER, Role.EDITOR}),
        ("pages.delete_redirect", {Role.OWNER, Role.EDITOR}),
        ("readers.view_feedreading", {Role.OWNER, Role.EDITOR}),
        ("readers.change_feedreading", {Role.OWNER}),
        ("site.change_site", {Role.OWNER}),
        ("accounts.view_user", {Role.OWNER}),
        ("accounts.change_user", {Role.OWNER}),
        ("tasks.view_job", {Role.OWNER}),
    ],
)
def test_what_a_role_may(permission: str, roles: set[Role]) -> None:
    assert {user.role for user in map(one, Role) if user.has_perm(permission)} == roles


def test_who_is_shut_out_may_nothing() -> None:
    for user in map(one, Role):
        user.is_active = False
        assert not user.has_perm("posts.view_note")
        assert not user.has_module_perms("posts")
        assert not user.can_publish


def test_who_may_edit_which_post() -> None:
    owner, editor, contributor = map(one, Role)
    own, others = make_post("note", is_draft=True), make_post("note", is_draft=True)
    Post.objects.filter(pk=own.pk).update(author=contributor)
    own = Post.objects.get(pk=own.pk)
    assert [user.may_edit(own) for user in (owner, editor, contributor)] == [True, True, True]
    assert [user.may_edit(others) for user in (owner, editor, contributor)] == [True, True, False]
    own.is_draft = False
    assert not contributor.may_edit(own)


def test_an_editor_looks_after_posts_and_is_shown_nothing_else() -> None:
    make_post("note")
    page = client_of(one(Role.EDITOR)).get("/admin/").content.decode()
    assert "/admin/posts/note/" in page
    assert "/admin/readers/feedreading/" in page
    for other in (
        "/admin/accounts/",
        "/admin/site/",
        "/admin/tasks/",
        "/admin/auth/",
        "/admin/account/",
        "/admin/mfa/",
    ):
        assert other not in page


def test_a_contributor_does_not_come_into_the_admin() -> None:
    client = client_of(one(Role.CONTRIBUTOR))
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert client.get("/admin/posts/note/").status_code == 302


def change(client: Client, user: User, **fields: Any) -> Any:
    path = f"/admin/accounts/user/{user.pk}/change/"
    return client.post(
        path, {"username": user.username, "name": "", "email": "", "role": user.role, "is_active": "on", **fields}
    )


def test_the_last_owner_stays() -> None:
    owner = one(Role.OWNER)
    client = client_of(owner)
    assert "Nobody else" in change(client, owner, role=Role.EDITOR).content.decode()
    assert "Nobody else" in change(client, owner, is_active="").content.decode()
    assert client.post(f"/admin/accounts/user/{owner.pk}/delete/", {"post": "yes"}).status_code == 403
    second = one(Role.OWNER, "second")
    assert change(client, owner, role=Role.EDITOR).status_code == 302
    assert User.objects.get(pk=owner.pk).role == Role.EDITOR
    assert second.is_last_owner


def test_an_owner_makes_a_contributor() -> None:
    client = client_of(one(Role.OWNER))
    password = {"usable_password": "true", "password1": "high-water-at-noon", "password2": "high-water-at-noon"}
    client.post("/admin/accounts/user/add/", {"username": "noor", "name": "Noor", "role": "contributor", **password})
    assert User.objects.get(username="noor").role == Role.CONTRIBUTOR
    assert Client().post("/account/login/", {"login": "noor", "password": "high-water-at-noon"}).status_code == 302
