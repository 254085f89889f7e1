"""Addresses of an account. Their names are those by which django-allauth looks for them, and ours beside them."""

from django.urls import path

from linklog.accounts import views

urlpatterns = [
    path("", views.overview, name="mfa_index"),
    path("login/", views.login, name="account_login"),
    path("login/passkey/", views.login_by_passkey, name="mfa_login_webauthn"),
    path("login/code/", views.authenticate, name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("again/", views.reauthenticate, name="account_reauthenticate"),
    path("again/code/", views.reauthenticate_by_code, name="mfa_reauthenticate"),
    path("again/passkey/", views.reauthenticate_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("password/", views.change_password, name="account_change_password"),
    path("password/first/", views.set_password, name="account_set_password"),
    path("passkeys/new/", views.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/", views.rename_passkey, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("codes/start/", views.start_codes, name="mfa_activate_totp"),
    path("codes/stop/", views.stop_codes, name="mfa_deactivate_totp"),
    path("recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", views.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("sessions/", views.list_sessions, name="account_sessions"),
    path("tokens/", views.list_tokens, name="account_tokens"),
    path("tokens/new/", views.make_token, name="account_make_token"),
    path("tokens/<int:pk>/revoke/", views.revoke_token, name="account_revoke_token"),
]
