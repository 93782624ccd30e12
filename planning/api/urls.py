from __future__ import annotations

from django.urls import URLPattern, path

from planning.api import weeks

urlpatterns: list[URLPattern] = [
    path("weeks/<str:week>/grid/", weeks.Grid.as_view(), name="api-week-grid"),
]
