"""One's own notices by e-mail, language and calendar address."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from planning.access import May, public, require
from planning.models import CalendarFeed, User
from planning.models.people import Language
from planning.services.calendar_feeds import open_calendar, revoke_calendar
from planning.services.notices import choose_language, choose_mails
from planning.web.forms.preferences import PreferencesForm

EVERYONE = May.SEE_WEEK


@require(EVERYONE)
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, user=_me(request))
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        choose_mails(user=_me(request), groups=form.cleaned_data.get("groups", []), language=language)
        with override(language):
            messages.success(request, _("C'est enregistré."))
        answer = redirect("preferences")
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language)
        return answer
    return _page(request, form)


@require(EVERYONE)
@require_POST
@never_cache
def calendar_open(request: HttpRequest) -> HttpResponse:
    """The one page that shows the address: no redirect, for nothing keeps it."""
    secret = open_calendar(user=_me(request), now=timezone.now())
    link = request.build_absolute_uri(reverse("calendar-feed", kwargs={"secret": secret}))
    return _page(request, PreferencesForm(None, user=_me(request)), link=link)


@require(EVERYONE)
@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    if revoke_calendar(user=_me(request), now=timezone.now()):
        messages.success(request, _("L'adresse n'ouvre plus rien."))
    return redirect("preferences")


@public
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages, kept for the e-mails of whoever is signed in."""
    chosen = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and chosen in Language.values:
        choose_language(user=_me(request), language=chosen)
    return set_language(request)


def _page(request: HttpRequest, form: PreferencesForm, *, link: str = "") -> HttpResponse:
    feed = CalendarFeed.objects.filter(user=_me(request)).first()
    return render(request, "planning/notices/preferences.html", {"form": form, "feed": feed, "link": link})


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
