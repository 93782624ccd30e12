"""The addresses of the pages. Each view says who may open it with ``@require`` (planning/access.py)."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, path

import planning.converters  # noqa: F401  # registers the <week:…> part
from planning.web.views import home

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("connexion/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("deconnexion/", LogoutView.as_view(), name="logout"),
]
