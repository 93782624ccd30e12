"""When each specialty's unused slots are released, and to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import ReleaseRule, Specialty


class ReleaseRulesForm(forms.Form):
    """Two fields a specialty: ``days_3`` and ``substitute_3``. No number of days: never released."""

    def __init__(self, *args: Any, specialties: list[Specialty], **options: Any) -> None:
        super().__init__(*args, **options)
        self.specialties = specialties
        for one in specialties:
            self.fields[f"days_{one.pk}"] = forms.IntegerField(
                label=_("Jours avant"), min_value=1, max_value=60, required=False
            )
            self.fields[f"substitute_{one.pk}"] = forms.TypedChoiceField(
                label=_("Remplaçant"),
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", _("Ouverte à tous")), *((other.pk, other.code) for other in specialties if other != one)],
            )

    def lines(self) -> Iterator[tuple[Specialty, forms.BoundField, forms.BoundField]]:
        for one in self.specialties:
            yield one, self[f"days_{one.pk}"], self[f"substitute_{one.pk}"]

    def rules(self) -> list[tuple[Specialty, int | None, Specialty | None]]:
        given, known = self.cleaned_data, {one.pk: one for one in self.specialties}
        return [(one, given[f"days_{one.pk}"], known.get(given[f"substitute_{one.pk}"])) for one in self.specialties]


def rules_initial(rules: Mapping[int, ReleaseRule]) -> dict[str, Any]:
    return {f"days_{key}": rule.days_ahead for key, rule in rules.items()} | {
        f"substitute_{key}": rule.substitute_id for key, rule in rules.items()
    }
