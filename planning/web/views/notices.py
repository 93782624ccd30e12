from __future__ import annotations

from typing import cast

from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from planning.access import May, require
from planning.models import Notice, User
from planning.selectors.notices import notices_of
from planning.services.notices import read_notice, read_notices
from planning.web.listing import make_listing
from planning.web.notices import address_of, lines

# Every role has its notices.
EVERYONE = May.SEE_WEEK
SORTS = {"unread": ["was_read", "-at"], "at": ["at"]}


@require(EVERYONE)
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """One's own, the unread first."""
    user, state, group = _me(request), request.GET.get("state", ""), request.GET.get("group", "")
    was_read = Case(When(read_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = notices_of(user, unread=state == "unread", group=group).annotate(was_read=was_read)
    listing = make_listing(request, rows, search=["intervention__code"], sorts=SORTS, default="unread")
    context = {
        "listing": listing, "lines": lines(listing.page), "state": state, "group": group,
        "groups": Notice.Group.choices,
    }  # fmt: skip
    return render(request, "planning/notices/list.html", context)


@require(EVERYONE)
@require_safe
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Read from now on, and on to its page: what an e-mail's link leads to."""
    notice = read_notice(notice_id=pk, user=_me(request), now=timezone.now())
    if notice is None:
        raise Http404
    return redirect(address_of(notice, _me(request)))


@require(EVERYONE)
@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    if read_notice(notice_id=pk, user=_me(request), now=timezone.now()) is None:
        raise Http404
    return _back(request)


@require(EVERYONE)
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    read_notices(user=_me(request), now=timezone.now())
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """The list as it was narrowed."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return HttpResponseRedirect(wanted)
    return redirect("notices")


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
