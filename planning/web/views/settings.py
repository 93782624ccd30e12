from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from planning.access import May, require
from planning.models import JournalEntry, ParameterVersion, Site, User
from planning.selectors.parameters import history, site_in_force, tables_of, versions
from planning.services.parameters import ParametersChanged, save_parameters
from planning.web.forms.site import ReasonForm, SiteForm
from planning.web.seen import tell_version

RUNS_SHOWN = 20


@require(May.EDIT_REFERENCE)
def settings(request: HttpRequest) -> HttpResponse:
    """The hospital's costs and habits. Plans already made keep the ones they were made with."""
    site = site_in_force()
    form = SiteForm(request.POST or None, instance=site, initial={"seen": site.version})
    if request.method == "POST" and form.is_valid() and save_version(request, form, form.site()):
        return redirect("settings")
    context = {"form": form, "site": site_in_force(), "history": history(versions())}
    return render(request, "planning/settings/form.html", context, status=409 if form.non_field_errors() else 200)


@require(May.EDIT_REFERENCE)
def settings_version(request: HttpRequest, number: int) -> HttpResponse:
    """What one version held, what it changed, and which plans were made with it."""
    version = get_object_or_404(ParameterVersion.objects.select_related("created_by"), number=number)
    before = ParameterVersion.objects.filter(number__lt=number).first()
    runs = version.runs.select_related("requested_by", "plan").order_by("-requested_at")[:RUNS_SHOWN]
    context = {
        "version": version,
        "in_force": site_in_force().version == version.number,
        "differences": history([version, *([before] if before else [])])[0]["differences"],
        "tables": tables_of(version.values),
        "runs": runs,
    }
    return render(request, "planning/settings/version.html", context)


def save_version(request: HttpRequest, form: ReasonForm, site: Site) -> bool:
    """Make the version and say so; an error on the form when someone else saved meanwhile."""
    given = form.cleaned_data
    try:
        version = save_parameters(
            site=site, seen=given["seen"], reason=given["reason"], user=cast("User", request.user), now=timezone.now()
        )
    except ParametersChanged:
        tell_version(form, JournalEntry.Action.SETTINGS)
        # Saved once more, it is over what the person has now been told of.
        form.data = {**form.data.dict(), "seen": site_in_force().version}  # type: ignore[attr-defined]  # a QueryDict
        return False
    if version is None:
        messages.info(request, _("Rien n'a changé : aucune version n'est créée."))
    else:
        text = _("Version %(number)s enregistrée. Les plannings déjà faits gardent la leur.")
        messages.success(request, text % {"number": version.number})
    return True
