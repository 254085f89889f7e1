"""Addresses of feeds, the sitemap and robots.txt."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def subscribe(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


app_name = "feeds"
urlpatterns = [path("subscribe/", subscribe, name="subscribe")]
