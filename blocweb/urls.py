from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from planning.access import public
from planning.web.views.health import health
from planning.web.views.preferences import language

urlpatterns = [
    path("", include("planning.web.urls")),
    path("api/v1/", include("planning.api.urls")),
    path("sante/", health, name="health"),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", language, name="set_language"),
    path("jsi18n/", public(JavaScriptCatalog.as_view(packages=["planning"])), name="javascript-catalog"),
]

handler500 = "planning.web.views.errors.server_error"
