"""The journal narrowed to what someone looks for: words, actions, a person, a period, a week, what broke a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planning.models import Intervention, JournalEntry

Action = JournalEntry.Action
MOST_LETTERS, MOST_WORDS, MOST_CODES = 200, 20, 5
# No file is longer: the latest.
MOST_LINES = 20_000
# By the question they answer.
KINDS = {
    "changes": (
        _("Retouches"),
        (Action.MOVE, Action.FORCE, Action.SWAP, Action.SWAP_ROOMS, Action.UNPLAN, Action.PIN, Action.UNPIN,
         Action.TAKE, Action.UNDO, Action.REDO),
    ),
    "agreed": (_("Accords"), (Action.ACCEPT, Action.APPROVE, Action.SIGN, Action.ANSWER)),
    "refused": (_("Refus et retraits"), (Action.REFUSE, Action.RETURN, Action.CANCEL, Action.UNPLAN)),
}  # fmt: skip
# Where words are looked for; the facts are searched as they are written: codes of rooms, trigrams, dates.
FIELDS = (
    "reason", "intervention__code", "intervention__patient_code", "intervention__procedure_label",
    "intervention__surgeon__last_name", "intervention__surgeon__trigram", "user__last_name", "user__first_name",
    "user__username", "said_before", "said_after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    """``kind`` is one of ``KINDS``; ``first`` and ``last`` are days, both included; ``monday`` the week's."""

    words: str = ""
    action: str = ""
    kind: str = ""
    person: int | None = None
    first: date | None = None
    last: date | None = None
    monday: date | None = None
    against_a_rule: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Beyond the week."""
        return self != Search(monday=self.monday)


def found(search: Search) -> QuerySet[JournalEntry]:
    rows = JournalEntry.objects.select_related("user", "plan", "intervention__surgeon")
    if search.monday is not None:
        rows = rows.filter(monday=search.monday)
    if search.action:
        rows = rows.filter(action=search.action)
    if search.kind in KINDS:
        rows = rows.filter(action__in=KINDS[search.kind][1])
    if search.person is not None:
        rows = rows.filter(user_id=search.person)
    if search.first is not None:
        rows = rows.filter(at__gte=_midnight(search.first))
    if search.last is not None:
        rows = rows.filter(at__lt=_midnight(search.last + timedelta(days=1)))
    if search.against_a_rule:
        rows = against_a_rule(rows)
    return with_words(rows, search.words)


def against_a_rule(rows: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
    """What a person did with a reason because a rule was broken, whatever the gesture."""
    return rows.filter(Q(action=Action.FORCE) | Q(after__forced=True))


def is_against_a_rule(entry: JournalEntry) -> bool:
    return entry.action == Action.FORCE or bool((entry.after or {}).get("forced"))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def with_words(rows: QuerySet[JournalEntry], text: str) -> QuerySet[JournalEntry]:
    """Every word is found somewhere; a patient's code also in the lines that name their intervention by its own."""
    words = text.replace("\0", "").strip()[:MOST_LETTERS].split()[:MOST_WORDS]
    if not words:
        return rows
    rows = rows.alias(said_before=Cast("before", TextField()), said_after=Cast("after", TextField()))
    for word in words:
        told = Q()
        for name in FIELDS:
            told |= Q(**{f"{name}__icontains": word})
        codes = Intervention.objects.filter(patient_code__iexact=word).values_list("code", flat=True)
        for code in codes[:MOST_CODES]:
            told |= Q(said_before__icontains=f'"{code}"') | Q(said_after__icontains=f'"{code}"')
        rows = rows.filter(told)
    return rows
