"""The API's own description (OpenAPI), for whoever plans."""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from planning.api.permissions import PlanningView


class Schema(PlanningView, SpectacularAPIView):
    renderer_classes = [OpenApiJsonRenderer]
