"""What makes the author's pages an app of a phone or desk: manifest, service worker, and the page shown without a network.

None of these holds anything private: a browser asks for them without saying who it is for.
"""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from selectolax.lexbor import LexborHTMLParser

from linklog.site.context import site_of

PAPER = "#fdfcf9"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """https://www.w3.org/TR/appmanifest/, with the share target of https://w3c.github.io/web-share-target/."""
    title = site_of(request).display_title
    sizes = [
        ("192x192", "any", "app-192.png"),
        ("512x512", "any", "app-512.png"),
        ("512x512", "maskable", "app-maskable.png"),
    ]
    kinds = [("blogmark", _("New link")), ("note", _("New note"))]
    described = {
        "id": reverse("write:front"),
        "start_url": reverse("write:front"),
        "scope": reverse("write:front"),
        "name": _("Write: %(title)s") % {"title": title},
        "short_name": title,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static(f"icons/{name}"), "sizes": size, "type": "image/png", "purpose": purpose}
            for size, purpose, name in sizes
        ],
        "shortcuts": [{"name": name, "url": reverse("write:new", args=[kind])} for kind, name in kinds],
        "share_target": {
            "action": reverse("write:capture"),
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "write/offline.html", {"page_title": _("Offline")})


@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker knows the offline page and what that loads, under a version made of both."""
    page = render_to_string("write/offline.html", {"page_title": _("Offline")}, request)
    nodes = LexborHTMLParser(page).css("script[src], link[rel=stylesheet], link[rel=icon]")
    files = [node.attributes.get("src") or node.attributes.get("href") or "" for node in nodes]
    context = {
        "offline": reverse("write:offline"),
        "files": sorted(set(files)),
        "version": sha256(page.encode()).hexdigest()[:12],
    }
    return render(request, "write/worker.js", context, content_type="text/javascript; charset=utf-8")
