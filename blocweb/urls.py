from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from planning.access import public

urlpatterns = [
    path("", include("planning.web.urls")),
    path("api/v1/", include("planning.api.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", public(JavaScriptCatalog.as_view(packages=["planning"])), name="javascript-catalog"),
]
