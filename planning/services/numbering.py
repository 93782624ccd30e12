"""A number for a new intervention, taken by one person at a time."""

from __future__ import annotations

from datetime import date

from planning.models import Site
from planning.selectors.numbering import next_code


def take_code(*, today: date) -> str:
    """Call it in the transaction that writes the row: the site's row is held until then, so nobody else takes it."""
    site, _created = Site.objects.get_or_create(pk=1)
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    return next_code(today)
