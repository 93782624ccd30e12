"""The site's numbers of interventions: ``I26-00042``, one sequence a year."""

from __future__ import annotations

from datetime import date

from planning.models import Intervention


def next_code(today: date) -> str:
    """The number after the last; nobody holds it yet (services/numbering.py)."""
    prefix = f"I{today:%y}-"
    last = Intervention.objects.filter(code__startswith=prefix, code__regex=rf"^{prefix}\d{{5}}$").order_by("-code")
    found = last.values_list("code", flat=True).first()
    return f"{prefix}{int(found.removeprefix(prefix)) + 1 if found else 1:05d}"
