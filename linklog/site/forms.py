"""The first-run form: what a new site needs to know."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.utils.translation import gettext_lazy as _


class WelcomeForm(forms.Form):
    """Title, author and password; a valid one can `save()` the owner."""

    title = forms.CharField(label=_("What is your link blog called?"), max_length=200)
    author = forms.CharField(label=_("Your name, as readers see it"), max_length=200)
    username = forms.RegexField(r"^[\w.@+-]{1,150}$", label=_("Name to sign in with"), initial="owner")
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters."),
    )

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if get_user_model().objects.filter(username=username).exists():
            raise forms.ValidationError(_("An author whose posts were imported has this name. Choose another."))
        return username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, get_user_model()(username=self.data.get("username", "")))
        return password

    def save_owner(self) -> Any:
        """Create the owner, who may do everything."""
        data = self.cleaned_data
        return get_user_model().objects.create_superuser(data["username"], "", data["password"], name=data["author"])
