"""The pages of the menu, in order: their address, who sees them, and which addresses belong to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from planning.access import May, allowed
from planning.selectors.inbox_count import waiting_count


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    url_name: str
    may: tuple[May, ...]
    # Prefixes of the URL names whose pages light this entry up.
    prefixes: tuple[str, ...]
    begins_group: bool = False
    # How many things wait there today.
    count: Callable[[date], int] | None = None

    def belongs(self, url_name: str) -> int:
        """How long a prefix of ``url_name`` the entry names: the longest wins, "week-slot" over "week"."""
        return max((len(prefix) for prefix in self.prefixes if url_name.startswith(prefix)), default=0)


ENTRIES = (
    Entry(_("Semaine"), "home", (May.SEE_WEEK,), ("week",)),
    Entry(_("Boîte"), "inbox", (May.DECIDE,), ("inbox",), count=waiting_count),
    Entry(_("Interventions"), "interventions", (May.SEE_DRAFTS,), ("intervention",)),
    Entry(_("Nouvelle demande"), "request-create", (May.SUBMIT,), ("request",)),
    Entry(_("Mes interventions"), "own-interventions", (May.SEE_OWN,), ("own-",)),
    Entry(_("Mes disponibilités"), "availability", (May.SUBMIT,), ("availability",)),
    Entry(_("Visas"), "sign-offs", (May.SIGN, May.SEE_DRAFTS), ("sign-off",)),
    Entry(_("Journal"), "journal-current", (May.SEE_DRAFTS,), ("journal",)),
    Entry(_("Comparer les politiques"), "comparisons", (May.SEE_DRAFTS,), ("comparison",)),
    Entry(_("Salles"), "rooms", (May.EDIT_REFERENCE,), ("room",), begins_group=True),
    Entry(_("Équipements"), "equipment", (May.EDIT_REFERENCE,), ("equipment",)),
    Entry(_("Spécialités"), "specialties", (May.EDIT_REFERENCE,), ("special",)),
    Entry(_("Chirurgiens"), "surgeons", (May.EDIT_REFERENCE,), ("surgeon",)),
    Entry(_("Plan directeur"), "master-plans", (May.EDIT_REFERENCE,), ("master-plan", "pattern")),
    Entry(_("Libérations"), "releases", (May.SEE_DRAFTS,), ("release",)),
    Entry(_("Plages de la semaine"), "week-slots-current", (May.EDIT_REFERENCE,), ("week-slot",)),
    Entry(_("Imports"), "imports", (May.IMPORT,), ("import",), begins_group=True),
    Entry(_("Paramètres"), "settings", (May.EDIT_REFERENCE,), ("settings",)),
    Entry(_("Règles"), "rules", (May.EDIT_REFERENCE,), ("rules",)),
    Entry(_("Comptes"), "accounts", (May.ADMINISTER,), ("account",)),
    Entry(_("Consultations"), "reads", (May.ADMINISTER,), ("reads",)),
    Entry(_("Administration"), "admin:index", (May.ADMINISTER,), ()),
)


def lazy_count(count: Callable[[date], int]) -> Any:
    return SimpleLazyObject(lambda: count(timezone.localdate()))


def pages_for(user: Any, url_name: str) -> list[dict[str, Any]]:
    """The entries ``user`` may open; the one that ``url_name`` belongs to is ``current``."""
    pages: list[dict[str, Any]] = []
    lit = max(ENTRIES, key=lambda entry: entry.belongs(url_name))
    for entry in ENTRIES:
        if not any(allowed(user, may) for may in entry.may):
            continue
        current = entry.belongs(url_name) > 0 and entry.belongs(url_name) == lit.belongs(url_name)
        pages.append(
            {
                "label": entry.label,
                "url": reverse(entry.url_name),
                "current": current,
                "begins_group": entry.begins_group,
                # Asked for by the template, once: answers without a menu cost nothing.
                "count": lazy_count(entry.count) if entry.count else 0,
            }
        )
    return pages
