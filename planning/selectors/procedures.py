"""The procedures that the hospital has done or asked for: what a surgeon picks from instead of typing."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from django.db.models import Count, Q

from planning.models import Intervention, Surgeon

MOST_FREQUENT, MOST_FOUND = 6, 8
MOST_WORDS = 10
# A name that another surgeon wrote once may tell of one patient; written again, it is a procedure's.
FEWEST = 2


class Procedure(NamedTuple):
    """``own`` counts this surgeon's, ``kin`` their specialty's, ``total`` everyone's."""

    label: str
    code: str
    own: int
    kin: int
    total: int


def known_procedures(surgeon: Surgeon) -> list[Procedure]:
    """Each once, this surgeon's most frequent first, then their specialty's; none of another's that is written once.

    One query.
    """
    rows = (
        Intervention.objects.submitted()
        .order_by()
        .values_list("procedure_label", "procedure_code")
        .annotate(
            own=Count("pk", filter=Q(surgeon=surgeon)),
            kin=Count("pk", filter=Q(specialty=surgeon.specialty_id)),
            total=Count("pk"),
        )
    )
    found: dict[str, Procedure] = {}
    for one in sorted((Procedure(*row) for row in rows), key=lambda one: (-one.own, -one.kin, -one.total, one.label)):
        if one.own or one.total >= FEWEST:
            found.setdefault(plain(one.label), one)
    return list(found.values())


def frequent_procedures(surgeon: Surgeon, most: int = MOST_FREQUENT) -> list[Procedure]:
    """This surgeon's; those of the specialty for one who has not operated here yet."""
    known = known_procedures(surgeon)
    return [one for one in known if one.own or one.kin][:most]


def search_procedures(words: str, surgeon: Surgeon, most: int = MOST_FOUND) -> list[Procedure]:
    """Those that hold every word, in their name or their code, whatever the accents."""
    wanted = plain(words).split()[:MOST_WORDS]
    known = known_procedures(surgeon)
    return [one for one in known if all(word in f"{plain(one.label)} {one.code.casefold()}" for word in wanted)][:most]


def code_of(label: str) -> str:
    """The code that goes with the name as it has been written most often; nothing for a name never seen."""
    rows = Intervention.objects.submitted().filter(procedure_label__iexact=label.strip()).exclude(procedure_code="")
    most = rows.order_by().values_list("procedure_code").annotate(count=Count("pk")).order_by("-count").first()
    return most[0] if most else ""


def plain(text: str) -> str:
    """For comparing: no case, no accent."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
