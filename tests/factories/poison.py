"""Names, labels, codes and reasons that are markup, in every row that holds text."""

from __future__ import annotations

import contextlib
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from planning.models import JournalEntry, Placement, Plan, SignOff, User
from tests.factories.hospital import NOW, WEEK

# The longest that a column holds; no page of ours has an element of these names, nor an address of that scheme.
MARKUP = (
    "\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>javascript:alert(1)",
    "\"'></script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "<img src=x onerror=a>",
    "'><img src=x>",
    '<u>"',
)
ELEMENTS = frozenset({"img", "u"})
# Keys and digests that nobody types.
KEYS = {"policy", "default_policy", "target", "header_digest", "phase", "worker", "password", "email", "patient_code"}
SERIAL = 3


def poison() -> None:
    """Every free text of every row of the product; what the database lets nobody write to stays as it is."""
    for model in apps.get_app_config("planning").get_models():
        if model in (JournalEntry, SignOff):
            continue
        names = [one for one in model._meta.get_fields() if isinstance(one, models.CharField | models.TextField)]
        free = [one for one in names if not one.choices and one.name not in KEYS]
        rows = model._base_manager.all()
        if model is Placement:
            rows = rows.filter(plan__status__in=(Plan.Status.DRAFT, Plan.Status.PROPOSED))
        for serial, pk in enumerate(rows.values_list("pk", flat=True)):
            for one in free:
                text = hostile(one.max_length or 200, serial if one.unique else None)
                # The reason of what did not happen must stay empty.
                with contextlib.suppress(IntegrityError), transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{one.name: text})
    tell_the_journal()


def hostile(longest: int, serial: int | None = None) -> str:
    room = longest - (SERIAL if serial is not None else 0)
    return next(text for text in MARKUP if len(text) <= room) + ("" if serial is None else f"{serial:0{SERIAL}d}")


def tell_the_journal() -> None:
    """A line of every action, with facts that name what was poisoned."""
    text = MARKUP[0]
    place = {"room": text, "date": WEEK.monday.isoformat(), "minute": 480}
    facts: dict[str, Any] = {
        "code": text, "label": text, "procedure_label": text, "room": text, "of": text, "reason": text, "surgeon": text,
        "specialty": text, "policy": text, "step": "move", "date": WEEK.monday.isoformat(), "start": 480, "end": 540,
        "minute": 480, "number": 1, "target": text,
        "from": place, "to": place, "other": text,
    }  # fmt: skip
    user = User.objects.filter(role="director").get()
    for before, after in ((None, facts | {"codes": [text]}), (facts | {"label": "-", "code": text + "-"}, facts)):
        JournalEntry.objects.bulk_create(
            JournalEntry(at=NOW, user=user, action=action, monday=WEEK.monday, before=before, after=after, reason=text)
            for action in JournalEntry.Action.values
        )
