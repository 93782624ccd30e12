"""What the rows of an import name: found by code, or created once, and noted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from planning.exchange.reading import Named
from planning.exchange.surgeons import SurgeonRow
from planning.exchange.values import distinctive
from planning.models import Equipment, Room, Specialty, Surgeon, SurgeonAvailability

_WORKING_DAYS = range(5)


@dataclass
class Creator:
    """Finds what rows name, creates what is new once, and keeps the list of it."""

    created: dict[str, list[str]] = field(default_factory=dict)
    _specialties: dict[str, Specialty] = field(
        default_factory=lambda: {one.code: one for one in Specialty.objects.all()}
    )
    _surgeons: dict[str, Surgeon] = field(default_factory=lambda: {one.code: one for one in Surgeon.objects.all()})
    _rooms: dict[str, Room] = field(default_factory=lambda: {one.code: one for one in Room.objects.all()})
    _equipment: dict[str, Equipment] = field(default_factory=lambda: {one.code: one for one in Equipment.objects.all()})
    _new: dict[tuple[str, str], str] = field(default_factory=dict)

    def specialty(self, named: Named) -> Specialty:
        code = named.code or self._new.get(("specialty", named.text))
        if code is None:
            code = short_code(distinctive(named.text), self._specialties, 3, 10)
            colours = [value for value, _label in Specialty.Colour.choices]
            self._specialties[code] = Specialty.objects.create(
                code=code, name=named.text, colour=colours[len(self._specialties) % len(colours)]
            )
            self._note("specialty", named, code)
        return self._specialties[code]

    def surgeon(self, named: Named, specialty: Named | None) -> Surgeon:
        code = named.code or self._new.get(("surgeon", named.text))
        if code is not None:
            return self._surgeons[code]
        if specialty is None:
            raise ValueError(f"surgeon {named.text!r} has no specialty; the reader lets no such row through")
        numbered = named.text.isdigit() and len(named.text) <= 20
        code = (
            named.text
            if numbered and named.text not in self._surgeons
            else short_code(named.text, self._surgeons, 3, 20)
        )
        surgeon = Surgeon.objects.create(
            code=code,
            trigram=f"C{code}"[:4] if numbered else code[:4],
            last_name=_("Chirurgien %(number)s") % {"number": code} if numbered else named.text,
            specialty=self.specialty(specialty),
        )
        self._surgeons[code] = surgeon
        _operates_all_week(surgeon)
        self._note("surgeon", named, code)
        return surgeon

    def new_surgeon(self, row: SurgeonRow) -> None:
        code = row.code or short_code(row.last_name, self._surgeons, 3, 20)
        surgeon = Surgeon.objects.create(
            code=code,
            trigram=row.trigram or short_code(row.last_name, {}, 3, 4),
            last_name=row.last_name,
            first_name=row.first_name,
            specialty=self.specialty(row.specialty),
            daily_maximum_minutes=row.daily_minutes,
        )
        self._surgeons[code] = surgeon
        _operates_all_week(surgeon)

    def room(self, named: Named) -> Room:
        code = named.code or self._new.get(("room", named.text))
        if code is None:
            code = named.text
            self._rooms[code] = Room.objects.create(code=code, position=len(self._rooms) + 1)
            self._note("room", named, code)
        return self._rooms[code]

    def equipment(self, named: Named) -> Equipment:
        code = named.code or self._new.get(("equipment", named.text))
        if code is None:
            code = short_code(named.text, self._equipment, 12, 40).lower()
            self._equipment[code] = Equipment.objects.create(code=code, name=named.text)
            self._note("equipment", named, code)
        return self._equipment[code]

    def _note(self, kind: str, named: Named, code: str) -> None:
        self._new[kind, named.text] = code
        self.created.setdefault(kind, []).append(code)


def short_code(name: str, taken: Iterable[str], length: int, longest: int) -> str:
    """The first letters of the name, longer or numbered until nobody has them."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    letters = re.sub(r"[^A-Z0-9]", "", bare) or "X"
    used = {code.upper() for code in taken}
    for size in (length, length + 1):
        if letters[:size] not in used:
            return letters[:size]
    return next(
        code for number in range(2, 100_000) if (code := f"{letters[: longest - 6][:length]}{number}") not in used
    )


def _operates_all_week(surgeon: Surgeon) -> None:
    """Without a day, nothing of theirs could be planned; the surgeon's page corrects it."""
    SurgeonAvailability.objects.bulk_create(
        SurgeonAvailability(surgeon=surgeon, weekday=weekday) for weekday in _WORKING_DAYS
    )
