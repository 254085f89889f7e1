"""Addresses of the author's own pages. Those of a post go by its code, so that nothing else can be called so."""

app_name = "write"

urlpatterns: list[object] = []
