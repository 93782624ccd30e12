from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.access import May, require
from planning.models import Site
from planning.web.forms.site import SiteForm


@require(May.EDIT_REFERENCE)
def settings(request: HttpRequest) -> HttpResponse:
    """The hospital's costs and habits. Plans already made keep the ones they were made with."""
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    form = SiteForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Les paramètres sont enregistrés. Les plannings déjà faits gardent les leurs."))
        return redirect("settings")
    return render(request, "planning/settings/form.html", {"form": form})
