"""Every setting of Linklog. What a site may change is read from `LINKLOG_*` (and `DATABASE_URL`) at the top; docs/settings.md
documents each one. Nothing secret has a default: the secret key is generated into LINKLOG_HOME on first use.
"""

import re
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _
from environs import Env, ValidationError

from linklog.core import vendor_sql
from linklog.core.secrets import read_or_create_secret

env = Env()


def is_site_url(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.rstrip("/") or parts.query:
        raise ValidationError("Give the address of the site's front page: https:// and a host, nothing behind it.")


def port(value: str) -> str:
    if value.strip() != "*" and not re.fullmatch(r"[1-9][0-9]{0,4}", value.strip()):
        raise ValidationError("Give numbers of ports, or * for any.")
    return value.strip()


def network(value: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value.strip())
    except ValueError as error:
        raise ValidationError("Give networks, such as 10.1.0.0/16.") from error


def is_media_place(value: str) -> None:
    if not value.strip("/ "):
        raise ValidationError("Give a folder of its own, for what is in it is for everybody to see.")
    if "://" in value and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w./-]*)?", value):
        raise ValidationError("Give a folder, or a bucket as s3://name, perhaps with a folder of it behind.")


def is_web_folder(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValidationError("Give an address that begins with https:// and has no question mark.")


def is_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("Give a name of the time zone database, such as Europe/Stockholm.")


# What a site may set ---------------------------------------------------------------------------------------------
HOME = Path(env.str("LINKLOG_HOME", "data")).expanduser().absolute()
LINKLOG_URL = env.str("LINKLOG_URL", "http://localhost:8000", validate=is_site_url).rstrip("/")
LINKLOG_TITLE = env.str("LINKLOG_TITLE", "")
LINKLOG_TAGLINE = env.str("LINKLOG_TAGLINE", "")
LINKLOG_AUTHOR = env.str("LINKLOG_AUTHOR", "")
LANGUAGE_CODE = env.str("LINKLOG_LANGUAGE", "en")
TIME_ZONE = env.str("LINKLOG_TIME_ZONE", "UTC", validate=is_time_zone)
LINKLOG_WORKERS = env.int("LINKLOG_WORKERS", 2)
LINKLOG_THREADS = env.int("LINKLOG_THREADS", 4)
LINKLOG_TASKS = env.bool("LINKLOG_TASKS", True)
LINKLOG_SEARCH_BUDGET = env.int("LINKLOG_SEARCH_BUDGET", 300)
LINKLOG_EMBEDDING_MODEL = env.str("LINKLOG_EMBEDDING_MODEL", "").strip()
LINKLOG_FETCH_PORTS = env.list("LINKLOG_FETCH_PORTS", ["80", "443"], subcast=port)
LINKLOG_FETCH_NETWORKS = env.list("LINKLOG_FETCH_NETWORKS", [], subcast=network)
LINKLOG_PREVIEW_DAYS = env.int("LINKLOG_PREVIEW_DAYS", 7)
LINKLOG_FRAME_HOSTS = env.list(
    "LINKLOG_FRAME_HOSTS", ["https://www.youtube-nocookie.com", "https://www.youtube.com", "https://player.vimeo.com"]
)
LINKLOG_MEDIA = env.str("LINKLOG_MEDIA", str(HOME / "media"), validate=is_media_place).rstrip("/")
LINKLOG_MEDIA_URL = env.str("LINKLOG_MEDIA_URL", "", validate=is_web_folder).rstrip("/")
LINKLOG_S3_ENDPOINT = env.str("LINKLOG_S3_ENDPOINT", "", validate=is_web_folder).rstrip("/")
LINKLOG_S3_REGION = env.str("LINKLOG_S3_REGION", "")
LINKLOG_S3_ACCESS_KEY = env.str("LINKLOG_S3_ACCESS_KEY", "")
LINKLOG_S3_SECRET_KEY = env.str("LINKLOG_S3_SECRET_KEY", "")
LINKLOG_CHROMIUM = env.str("LINKLOG_CHROMIUM", "").strip()
LINKLOG_MODEL = env.str("LINKLOG_MODEL", "").strip()
LINKLOG_TASK_MODELS = env.dict("LINKLOG_TASK_MODELS", {})
LINKLOG_MODEL_CAP = env.decimal("LINKLOG_MODEL_CAP", Decimal(5))
ALLOWED_HOSTS = [
    urlsplit(LINKLOG_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env.list("LINKLOG_ALLOWED_HOSTS", []),
]
TRUST_PROXY = env.bool("LINKLOG_TRUST_PROXY", False)
DEBUG = env.bool("LINKLOG_DEBUG", False)
SECRET_KEY = env.str("LINKLOG_SECRET_KEY", "") or read_or_create_secret(HOME / "secret-key")
SECRET_KEY_FALLBACKS = env.list("LINKLOG_SECRET_KEY_FALLBACKS", [])

# Database ----------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{HOME / 'linklog.sqlite3'}", conn_max_age=600)}
DATABASES["default"].setdefault("OPTIONS", {}).update(vendor_sql.connection_options(DATABASES["default"]["ENGINE"]))
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Application ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "linklog.site.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "linklog.accounts",
    "linklog.posts",
    "linklog.pages",
    "linklog.site",
    "linklog.feeds",
    "linklog.readers",
    "linklog.search",
    "linklog.tasks",
    "linklog.images",
    "linklog.capture",
    "linklog.assist",
    "linklog.write",
    "linklog.importers",
    "linklog.exporters",
    "linklog.ops",
    "linklog.demo",
]
MIDDLEWARE = [
    "linklog.search.middleware.SearchDoor",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "linklog.pages.middleware.RedirectFallbackMiddleware",
]
ROOT_URLCONF = "linklog.urls"
WSGI_APPLICATION = "linklog.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/write/"
LOGOUT_REDIRECT_URL = "/"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOME / "templates", Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linklog.site.context.site",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our widgets' templates lie among the others

# Language and time ---------------------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LINKLOG_KIND_NAMES = {
    "entry": (_("Entry"), _("Entries")),
    "blogmark": (_("Blogmark"), _("Blogmarks")),
    "quotation": (_("Quotation"), _("Quotations")),
    "note": (_("Note"), _("Notes")),
}

# What runs in the background: in the database, so that it is asked for in the transaction of a write -----------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LINKLOG_SCHEDULE = {  # functions, and every how many seconds one worker calls them; what takes long enqueues a job
    "linklog.publishing.publish_due": 10,
    "linklog.tasks.worker.prune": 86_400,
    "linklog.posts.cards.forget_old": 86_400,
    "linklog.images.jobs.take_up": 10,
    "linklog.images.jobs.push_waiting": 30,
    "linklog.images.receiving.sweep": 3_600,
    "linklog.capture.keeping.forget_unused": 86_400,
    "linklog.capture.screenshots.forget_old": 3_600,
    "linklog.accounts.sessions.clear_expired": 3_600,
    "linklog.accounts.throttle.forget_old": 86_400,
}

# Files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media" if LINKLOG_MEDIA.startswith("s3://") else Path(LINKLOG_MEDIA).expanduser().absolute()
if LINKLOG_MEDIA.startswith("s3://") and not LINKLOG_MEDIA_URL:
    amazon = f"https://s3.{LINKLOG_S3_REGION or 'us-east-1'}.amazonaws.com"
    LINKLOG_MEDIA_URL = f"{LINKLOG_S3_ENDPOINT or amazon}/{LINKLOG_MEDIA.removeprefix('s3://')}"
media_hosts = [f"http://{urlsplit(LINKLOG_MEDIA_URL).netloc}"] if LINKLOG_MEDIA_URL.startswith("http://") else []
LINKLOG_SHOWN_MEDIA = (
    "linklog.images.showing.shown"  # what rendering asks for the site's own images, by their addresses
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "linklog.core.static_files.HashedStaticFiles"},
}
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_HANDLERS = [f"linklog.core.uploads.{name}" for name in ("Limits", "SmallFiles", "LargeFiles")]
FILE_UPLOAD_TEMP_DIR = HOME / "incoming"  # a temporary folder may be in memory, and is no place for what nobody may see
SILENCED_SYSTEM_CHECKS = ["files.E001"]  # that the folder is there, which `linklog init` sees to

# Security: no inline script or style anywhere, nothing loaded from another host except what posts themselves show ------
IS_HTTPS = LINKLOG_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    f"{'__Host-' if IS_HTTPS else ''}{name}" for name in ("sessionid", "csrftoken")
)
SESSION_COOKIE_AGE = 14 * 86_400  # without a visit; linklog.accounts.sessions ends them all after 90 days
SESSION_ENGINE = "linklog.accounts.sessions"
CSRF_FAILURE_VIEW = "linklog.accounts.access.csrf_failure"
SECURE_HSTS_SECONDS = env.int("LINKLOG_HSTS_SECONDS", 31_536_000 if IS_HTTPS else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [LINKLOG_URL]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "https:", *media_hosts],
        "media-src": ["'self'", "https:", *media_hosts],
        "frame-src": LINKLOG_FRAME_HOSTS or ["'none'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Signing in: django-allauth, without what Linklog does not offer. Its rate limits count in a cache that each process has for itself, so
# they are off; linklog.accounts.throttle counts in the database
ACCOUNT_ADAPTER = "linklog.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "linklog.accounts.forms.SignInForm",
    "reauthenticate": "linklog.accounts.forms.PasswordAgainForm",
    "change_password": "linklog.accounts.forms.PasswordForm",
    "set_password": "linklog.accounts.forms.PasswordForm",
}
MFA_ADAPTER = "linklog.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False
MFA_FORMS = {
    "authenticate": "linklog.accounts.forms.CodeForm",
    "reauthenticate": "linklog.accounts.forms.CodeAgainForm",
    "activate_totp": "linklog.accounts.forms.StartCodesForm",
    "add_webauthn": "linklog.accounts.forms.PasskeyForm",
    "login_webauthn": "linklog.accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "linklog.accounts.forms.PasskeySecondForm",
    "reauthenticate_webauthn": "linklog.accounts.forms.PasskeyAgainForm",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Not every address that a crawler makes up is news, nor every host it asks for, nor what is wrong with other people's pages;
    # errors of our own are
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "trafilatura": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": env.str("LINKLOG_LOG_LEVEL", "WARNING")},
}
