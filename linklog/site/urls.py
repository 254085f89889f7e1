"""The site's own style sheet and its first-run page."""

from django.urls import path

from linklog.site import views

app_name = "site"

urlpatterns = [
    path("site.css", views.css, name="css"),
    path("welcome/<str:token>/", views.welcome, name="welcome"),
]
