"""Addresses that take a captured page."""

app_name = "capture"

urlpatterns: list[object] = []
