"""Signing in as authors do it: with a real browser and its authenticator, under the Content-Security-Policy."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Error, Page, expect

from conftest import LINKLOG, LiveServer, LiveSite

pytestmark = pytest.mark.browser

PageAt = Callable[..., Page]
PASSWORD = "low-water-at-six"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def name(request: pytest.FixtureRequest, site_server: LiveServer, live_site: LiveSite) -> str:
    """An author of this test's own."""
    username = request.node.originalname[5:35]
    environment = {**site_server.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    command = [*LINKLOG, "createsuperuser", "--noinput", "--username", username, "--email", ""]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return username


def sign_in(page: Page, name: str, host: str = "") -> None:
    page.goto(f"{host}/account/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page, host: str = "") -> None:
    page.goto(f"{host}/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def test_a_passkey_signs_in_alone(page_at: PageAt, site_server: LiveServer, name: str) -> None:
    host = f"http://localhost:{site_server.port}"  # browsers know no passkeys for an address in numbers
    page = page_at(360)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(page, name, host)
    page.goto(f"{host}/account/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page, host)
    page.goto(f"{host}/account/login/?next=/account/sessions/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    page.goto(f"{host}/account/")
    expect(page.get_by_text("Phone", exact=True)).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()


def test_a_passkey_is_the_second_step_where_there_is_one(page_at: PageAt, site_server: LiveServer, name: str) -> None:
    host = f"http://localhost:{site_server.port}"
    page = page_at()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(page, name, host)
    page.goto(f"{host}/account/passkeys/new/")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page, host)
    sign_in(page, name, host)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.goto(f"{host}/admin/")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/write/")


def test_who_has_no_passkey_is_told_so(page_at: PageAt, site_server: LiveServer) -> None:
    page = page_at()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")  # and no authenticator
    page.goto(f"http://localhost:{site_server.port}/account/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()


def test_a_one_time_code_is_the_second_step(page_at: PageAt, name: str) -> None:
    page = page_at(360)
    sign_in(page, name)
    page.goto("/account/codes/start/")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Authenticator code").fill(code_now(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("One-time codes are on.")).to_be_visible()
    sign_out(page)
    sign_in(page, name)
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/write/")


def test_another_browser_is_signed_out_from_here(page_at: PageAt, name: str) -> None:
    here, there = page_at(), page_at(user_agent="Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0")
    for page in (here, there):
        sign_in(page, name)
        page.wait_for_url("**/write/")
    here.goto("/account/sessions/")
    here.get_by_role("button", name="Sign out Firefox on Android").click()
    expect(here.get_by_text("Signed out there.")).to_be_visible()
    there.goto("/account/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_token_is_not_there_any_more_when_one_goes_back(page_at: PageAt, name: str) -> None:
    page = page_at(360)
    sign_in(page, name)
    page.goto("/account/tokens/")
    page.get_by_label("What is it for?").fill("Phone")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_label("Token", exact=True).input_value()
    assert token.startswith("linklog_")
    page.get_by_role("link", name="I have copied it").click()
    with pytest.raises(
        Error, match="ERR_CACHE_MISS"
    ):  # the browser would have to send the form again, which makes another
        page.go_back()


def code_now(secret: str) -> Any:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
