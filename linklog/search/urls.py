"""Addresses of search. Parameters are as lasting as addresses: add, never change."""

from django.urls import path

from linklog.search.views import json, page

app_name = "search"

urlpatterns = [
    path("search/", page.page, name="page"),
    path("search.json", json.results, name="json"),
    path("opensearch.xml", page.opensearch, name="opensearch"),
]
