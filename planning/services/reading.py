"""Up to when a person has read what their colleagues decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from planning.models import InboxVisit, User


@transaction.atomic
def read_decisions(*, user: User, until: datetime, now: datetime) -> InboxVisit:
    """Never back to an earlier moment, never beyond ``now``."""
    seen_at = min(until, now)
    visit, created = InboxVisit.objects.get_or_create(user=user, defaults={"seen_at": seen_at})
    if not created and visit.seen_at < seen_at:
        visit.seen_at = seen_at
        visit.save(update_fields=["seen_at"])
    return visit
