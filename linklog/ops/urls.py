"""Addresses for machines that look after the site."""

from django.urls import path

from linklog.ops import views

app_name = "ops"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
]
