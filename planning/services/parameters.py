"""The hospital's parameters: each save is a new version, never changed, that plans and runs refer to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from planning.models import JournalEntry, ParameterVersion, Plan, Site, User
from planning.selectors.parameters import VERSIONED, site_in_force, specialty_codes, values_of
from planning.services.journal import append_change
from planning.services.slots import touch_drafts


class ParametersChanged(Exception):
    """Someone else saved since the page was opened: nothing is written over their work."""


@transaction.atomic
def save_parameters(*, site: Site, seen: int, reason: str, user: User, now: datetime) -> ParameterVersion | None:
    """The parameters as ``site`` now holds them, as the version in force; None when they are those already.

    ``seen`` is the version that the person was shown. Raises ``ParametersChanged`` when it is no longer in force.
    """
    version_in_force(now=now)
    kept = site_in_force()
    if kept.version != max(seen, 1):
        raise ParametersChanged
    before, after = values_of(kept), values_of(site)
    if before == after:
        return None
    # Conditional, because another save may have been committed since it was read.
    if not Site.objects.filter(pk=1, version=kept.version).update(**after, version=kept.version + 1):
        raise ParametersChanged
    version = ParameterVersion.objects.create(
        number=kept.version + 1, values=after, created_at=now, created_by=user, reason=reason
    )
    append_change(
        action=JournalEntry.Action.SETTINGS, of=str(version.number), before=before,
        after={**after, "codes": specialty_codes()}, user=user, now=now, reason=reason,
    )  # fmt: skip
    # Drafts are counted with the parameters in force unless they took others.
    touch_drafts(Plan.objects.filter(status=Plan.Status.DRAFT).values_list("monday", flat=True))
    return version


def version_in_force(*, now: datetime) -> ParameterVersion:
    """The version that holds exactly the site's parameters, written if there is none."""
    site = site_in_force()
    values = values_of(site)
    version = ParameterVersion.objects.filter(number=site.version).first()
    if version is not None and all(_held(version, name) == values[name] for name in VERSIONED):
        return version
    number = (ParameterVersion.objects.values_list("number", flat=True).first() or 0) + 1
    try:
        with transaction.atomic():
            version = ParameterVersion.objects.create(number=number, values=values, created_at=now)
    except IntegrityError:
        # Another request wrote it between our read and our insert.
        return ParameterVersion.objects.get(number=number)
    Site.objects.update_or_create(pk=1, defaults={"version": number}, create_defaults={**values, "version": number})
    return version


def _held(version: ParameterVersion, name: str) -> Any:
    """A version older than the parameter was made with what it is by default."""
    return version.values[name] if name in version.values else getattr(Site(), name)
