"""A comparison's report as the templates draw it: rows of written figures, and strips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from planning import wording
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import Report
from planning.selectors.policies import mark_of, policy_label
from planning.solver.policies import POLICIES
from planning.solver.ranking import ARTICLE, CRITERIA, FILLS, OCCUPANCIES, Summary
from planning.web.strips import Strip, strips


@dataclass(frozen=True, slots=True)
class Figure:
    """One policy's figures on one line. ``place`` is "best" alone in front, "tie" among the leaders, or nothing."""

    policy: str
    mean: str
    deviation: str
    most: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    label: str
    unit: str
    help: str
    weeks: int
    figures: tuple[Figure, ...]
    strips: tuple[Strip, ...]


class Page:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.marks = {policy: mark_of(policy) for policy in report.policies}

    @property
    def policies(self) -> list[dict[str, Any]]:
        return [
            {
                "id": policy,
                "label": policy_label(policy),
                "mark": self.marks[policy],
                "help": _help(policy),
                "proven": self._proven(policy),
            }
            for policy in self.report.policies
        ]

    def summary_lines(self) -> list[Line]:
        return [self._line(key) for key in CRITERIA]

    def room_lines(self) -> list[Line]:
        return [self._line("occupancy", room) for room in self.report.rooms]

    def between_rooms(self) -> list[dict[str, str]]:
        """The last line of Table 1: over the rooms and not over the weeks."""
        found = []
        for policy in self.report.policies:
            one = self.report.between_rooms(policy)
            mean, deviation = one if one is not None else (None, None)
            found.append({"mean": words.written("occupancy", mean), "deviation": words.written("occupancy", deviation)})
        return found

    def plots(self) -> list[Line]:
        """The article's criteria and the cost, a dot a week."""
        return [self._line(key, dots=True) for key in (*ARTICLE, "cost")]

    def readings(self) -> list[dict[str, Any]]:
        """The choices that the article leaves open, as links."""
        chosen = {"occupation": self.report.reading.occupancy, "remplissage": self.report.reading.fill}
        labels = {
            "regular": _("des plages"),
            "opening": _("d'ouverture"),
            "slot": _("par plage"),
            "owner": _("par spécialité"),
        }
        return [
            {
                "label": label,
                "choices": [
                    {
                        "label": labels[key],
                        "query": urlencode(chosen | {name: key}),
                        "current": chosen[name] == key,
                    }
                    for key in keys
                ],
            }
            for name, label, keys in (
                ("occupation", _("Occupation sur les heures"), OCCUPANCIES),
                ("remplissage", _("Remplissage"), FILLS),
            )
        ]

    def _line(self, key: str, room: str | None = None, *, dots: bool = False) -> Line:
        report = self.report
        found = {policy: report.summary(key, policy, room) for policy in report.policies}
        known = {policy: one for policy, one in found.items() if one is not None}
        return Line(
            key=key,
            label=room or str(words.LABELS[key]),
            unit="" if room else str(words.UNITS[key]),
            help=words.help_of(key, report),
            weeks=len(report.weeks_with(key, room)),
            figures=tuple(self._figure(key, policy, one, room) for policy, one in found.items()),
            strips=tuple(strips(known, self.marks, self._dots(key) if dots else None)),
        )

    def _figure(self, key: str, policy: str, one: Summary | None, room: str | None) -> Figure:
        standing = self.report.standings.get(key) if room is None else None
        place = ""
        if standing is not None and policy in standing.leaders:
            place = "best" if len(standing.leaders) == 1 else "tie"
        asked = {"critere": key, "politique": policy} | ({"salle": room} if room else {}) | self._asked()
        return Figure(
            policy=policy,
            mean=words.written(key, one.mean if one else None),
            deviation=words.written(key, one.deviation if one else None),
            most=words.written(key, one.most if one else None),
            place=place,
            url=f"{reverse('comparison-weeks', kwargs={'pk': self.report.comparison.pk})}?{urlencode(asked)}",
        )

    def _asked(self) -> dict[str, str]:
        reading = self.report.reading
        return {"occupation": reading.occupancy, "remplissage": reading.fill}

    def _dots(self, key: str) -> dict[str, list[tuple[Any, float, str]]]:
        mondays = self.report.weeks_with(key)
        return {
            policy: [
                (monday, value, wording.named(wording.week(monday), words.written(key, value)))
                for monday in mondays
                if (value := self.report.value(key, policy, monday)) is not None
            ]
            for policy in self.report.policies
        }

    def _proven(self, policy: str) -> str:
        if POLICIES.get(policy) is not None and POLICIES[policy].method == "first-come":
            return _("règle fixe, rien à prouver")
        proven, done = self.report.proven(policy)
        return _("optimum prouvé pour %(proven)s semaines sur %(done)s") % {"proven": proven, "done": done}


def _help(policy: str) -> str:
    return _(POLICIES[policy].summary) if policy in POLICIES else ""
