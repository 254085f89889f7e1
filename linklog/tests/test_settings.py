"""What the environment says is what the site does."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NAMES = [
    "LINKLOG_URL", "LINKLOG_TITLE", "LANGUAGE_CODE", "TIME_ZONE", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "DEBUG", "LINKLOG_PREVIEW_DAYS", "CSRF_TRUSTED_ORIGINS",
    "LINKLOG_MEDIA_URL", "CONTENT_SECURITY_POLICY",
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
]  # fmt: skip
PROGRAM = f"""
import json, django
from django.conf import settings
django.setup()
values = {{name: getattr(settings, name) for name in {NAMES}}}
values["database"] = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2], settings.DATABASES["default"]["OPTIONS"]
values["key"] = settings.SECRET_KEY
print(json.dumps(values))
"""


def settings_of(home: Path, expect: int = 0, **environment: str) -> Any:
    """The settings under this environment; what was said on stderr where they are refused."""
    clean = {
        name: value for name, value in os.environ.items() if name != "DATABASE_URL" and not name.startswith("LINKLOG_")
    }
    clean |= {"DJANGO_SETTINGS_MODULE": "linklog.settings", "LINKLOG_HOME": str(home), **environment}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stderr
    return json.loads(done.stdout) if not done.returncode else done.stderr


def test_a_site_needs_no_setting_at_all(tmp_path: Path) -> None:
    found = settings_of(tmp_path)
    assert (found["LINKLOG_URL"], found["LANGUAGE_CODE"], found["TIME_ZONE"]) == ("http://localhost:8000", "en", "UTC")
    assert (found["DEBUG"], found["SESSION_COOKIE_SECURE"], found["SECURE_HSTS_SECONDS"]) == (False, False, 0)
    engine, options = found["database"]
    assert (engine, options["transaction_mode"]) == ("sqlite3", "IMMEDIATE")
    assert "synchronous=FULL" in options["init_command"]
    assert found["key"] == (tmp_path / "secret-key").read_text()
    assert found["SECURE_PROXY_SSL_HEADER"] is None


def test_what_the_environment_says_is_taken(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    found = settings_of(
        tmp_path,
        LINKLOG_URL="https://blog.example/",
        LINKLOG_TITLE="Tides",
        LINKLOG_LANGUAGE="sv",
        LINKLOG_TIME_ZONE="Europe/Stockholm",
        LINKLOG_SECRET_KEY="given",
        LINKLOG_TRUST_PROXY="1",
        LINKLOG_PREVIEW_DAYS="3",
        LINKLOG_ALLOWED_HOSTS="a.example,b.example",
        DATABASE_URL="postgres://u:p%40ss@db.example:5433/name",
    )
    assert (found["LINKLOG_URL"], found["LINKLOG_TITLE"], found["LANGUAGE_CODE"]) == (
        "https://blog.example",
        "Tides",
        "sv",
    )
    assert (found["TIME_ZONE"], found["LINKLOG_PREVIEW_DAYS"], found["key"]) == ("Europe/Stockholm", 3, "given")
    assert {"blog.example", "a.example", "b.example", "localhost"} <= set(found["ALLOWED_HOSTS"])
    assert "*" not in found["ALLOWED_HOSTS"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://blog.example"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert not found["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert found["database"][0] == "postgresql"
    assert not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("LINKLOG_PREVIEW_DAYS", "some"), ("LINKLOG_DEBUG", "perhaps"), ("DATABASE_URL", "nonsense://x")],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, name: str, value: str) -> None:
    assert name.removeprefix("LINKLOG_").split("_")[0] in settings_of(tmp_path, expect=1, **{name: value})


def test_every_answer_tells_browsers_to_be_careful(client: Any, db: None) -> None:
    for path in ("/", "/none/", "/admin/login/", "/healthz", "/site.css"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        policy = headers["Content-Security-Policy"]
        for rule in (
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ):
            assert rule in policy, path
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("environment", "address", "sources"),
    [
        ({}, "https://s3.us-east-1.amazonaws.com/pictures/blog", []),
        (
            {"LINKLOG_S3_ENDPOINT": "http://10.0.0.7:9000/"},
            "http://10.0.0.7:9000/pictures/blog",
            ["http://10.0.0.7:9000"],
        ),
        ({"LINKLOG_MEDIA_URL": "https://media.example.org/"}, "https://media.example.org", []),
    ],
)
def test_pages_may_show_what_is_in_the_bucket(
    tmp_path: Path, environment: dict[str, str], address: str, sources: list[str]
) -> None:
    found = settings_of(tmp_path, LINKLOG_MEDIA="s3://pictures/blog/", **environment)
    assert found["LINKLOG_MEDIA_URL"] == address
    policy = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["img-src"] == ["'self'", "data:", "https:", *sources]
    assert policy["media-src"] == ["'self'", "https:", *sources]


@pytest.mark.parametrize("place", ["", "/"])
def test_media_are_never_all_that_is_on_the_disk(tmp_path: Path, place: str) -> None:
    assert "a folder of its own" in settings_of(tmp_path, expect=1, LINKLOG_MEDIA=place)
