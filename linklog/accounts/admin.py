"""The admin of authors. Only owners come here, and only when they signed in a moment ago."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linklog import publishing
from linklog.accounts.access import signed_in_lately
from linklog.accounts.models import Role, User

# What an author may do follows from the role; passkeys and secrets of codes are nobody else's to see
admin.site.unregister([Group, EmailAddress, Authenticator])


class UserForm(UserChangeForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        stays = cleaned.get("role") == Role.OWNER and cleaned.get("is_active")
        if self.instance.is_last_owner and not stays:
            raise ValidationError(_("Nobody else could look after the site. Make someone else an owner first."))
        return cleaned


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """An author's name stands on pages and in feeds, which hear of a change."""

    form = UserForm
    list_display = ["username", "name", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name", "email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Personal"), {"fields": ("name", "email")}),
        (gettext_lazy("Role"), {"fields": ("role", "is_active")}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "role", "usable_password", "password1", "password2")}),)

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        for url in urls:
            url.callback = signed_in_lately(url.callback)
        return urls

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_last_owner)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        publishing.save_label(obj)
