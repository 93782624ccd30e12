"""The API's own description (OpenAPI), for whoever plans."""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from planning.access import May, public
from planning.api.permissions import MayPermission


class _Described(SpectacularAPIView):
    may = May.SEE_DRAFTS
    permission_classes = [MayPermission]
    renderer_classes = [OpenApiJsonRenderer]


class Schema(_Described):
    @classmethod
    def as_view(cls, **initkwargs: object):  # type: ignore[no-untyped-def]
        # The permission answers an anonymous in JSON, where the middleware would answer with the login page.
        return public(super().as_view(**initkwargs))
