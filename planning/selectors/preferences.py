"""What a surgeon wishes of the week, in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from planning import wording
from planning.models import SurgeonPreference
from planning.models.people import Weekday
from planning.selectors.parameters import site_in_force
from planning.solver.levels import Level

Half, Wish = SurgeonPreference.Half, SurgeonPreference.Wish
# Weekday, half, wish: as the journal keeps them too.
Row = Sequence[int | str]


def rows_of(preferences: Iterable[SurgeonPreference]) -> list[Row]:
    """In the order of the week, whatever the order they were read in."""
    found = [(one.weekday, one.half, one.wish) for one in preferences]
    return [list(one) for one in sorted(found, key=lambda one: (one[0], one[1] != Half.MORNING))]


def preference_text(rows: Iterable[Row]) -> str:
    """« souhaite mardi, jeudi matin ; évite vendredi »; nothing when nothing is wished."""
    halves: dict[str, dict[int, list[str]]] = {Wish.PREFERRED: {}, Wish.UNWANTED: {}}
    for weekday, half, wish in rows:
        halves[str(wish)].setdefault(int(weekday), []).append(str(half))
    parts = []
    if halves[Wish.PREFERRED]:
        parts.append(_("souhaite %(days)s") % {"days": _days(halves[Wish.PREFERRED])})
    if halves[Wish.UNWANTED]:
        parts.append(_("évite %(days)s") % {"days": _days(halves[Wish.UNWANTED])})
    return wording.listed(parts)


def wishes_by_surgeon() -> dict[int, str]:
    """What each surgeon with a wish wishes. One query."""
    found: dict[int, list[SurgeonPreference]] = defaultdict(list)
    for one in SurgeonPreference.objects.all():
        found[one.surgeon_id].append(one)
    return {surgeon: preference_text(rows_of(rows)) for surgeon, rows in found.items()}


def wishes_counted() -> bool:
    """Whether the site made the half-days to avoid a rule; else whoever plans reads them, and nothing more."""
    level = site_in_force().rule_levels.get("surgeon_wish")
    return level is not None and Level(level) is not Level.OFF


def _days(found: dict[int, list[str]]) -> str:
    return ", ".join(_day(weekday, halves) for weekday, halves in sorted(found.items()))


def _day(weekday: int, halves: list[str]) -> str:
    name = Weekday(weekday).label
    return str(name) if len(halves) == 2 else f"{name} {Half(halves[0]).label}"
