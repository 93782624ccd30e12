"""The API's own description (OpenAPI), for whoever may use it."""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from planning.access import May
from planning.api.permissions import PlanningView


class Schema(PlanningView, SpectacularAPIView):
    may = May.SEE_WEEK
    renderer_classes = [OpenApiJsonRenderer]
