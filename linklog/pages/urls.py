"""Standing pages, at the root: included last."""

from django.urls import path

from linklog.pages import views

app_name = "pages"

urlpatterns = [path("<slug:slug>/", views.page, name="page")]
