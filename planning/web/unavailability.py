"""The dates on which a room is closed or a surgeon away: their panel, and the planned interventions they hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.models import Absence, Placement, RoomClosure

SHOWN = 8


def dates_panel(
    rows: Iterable[RoomClosure | Absence],
    *,
    today: date,
    hits: Callable[[], Iterable[Placement]],
    removal: Callable[[int], str],
) -> dict[str, Any]:
    """What ``_dates_panel.html`` lists. ``hits`` is asked only when dates are to come; ``removal`` is an address."""
    coming = [row for row in rows if row.ends_on >= today]
    placements = list(hits()) if coming else []
    return {
        "coming": [
            {
                "row": row,
                "remove": removal(row.pk),
                "hit": [one for one in placements if row.starts_on <= one.slot.date <= row.ends_on],
            }
            for row in coming
        ],
        "past": sorted((row for row in rows if row.ends_on < today), key=lambda row: row.starts_on, reverse=True),
    }


def warn_of_placements(request: HttpRequest, placements: QuerySet[Placement]) -> None:
    """Tell which planned interventions the change hits; they stay where they are until someone moves them."""
    rows = list(placements)
    if not rows:
        return
    text = ngettext(
        "%(count)s intervention planifiée est touchée : déplacez-la.",
        "%(count)s interventions planifiées sont touchées : déplacez-les.",
        len(rows),
    ) % {"count": len(rows)}
    lines = [_placement_text(row) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(_("et %(count)s autres") % {"count": len(rows) - SHOWN})
    messages.warning(request, "\n".join([text, *lines]))


def _placement_text(row: Placement) -> str:
    moment = timezone.localtime(row.starts_at)
    facts = {
        "code": row.intervention.code,
        "surgeon": str(row.intervention.surgeon),
        "room": row.slot.room.code,
        "when": f"{moment:%d/%m %H:%M}",
        "status": row.plan.get_status_display(),
    }
    return _("%(code)s, %(surgeon)s, %(room)s le %(when)s (%(status)s)") % facts
