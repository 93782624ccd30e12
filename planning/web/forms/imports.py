from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from planning.exchange.fields import Target
from planning.exchange.mapping import Mapping
from planning.exchange.tabular import MAXIMUM_BYTES, Table
from planning.services.imports import TARGETS

_ORDERS = (
    ("", _("Décidé d'après le fichier")),
    ("dmy", _("Le jour d'abord : 3/1 est le 3 janvier")),
    ("mdy", _("Le mois d'abord : 3/1 est le 1er mars")),
)


class UploadForm(forms.Form):
    target = forms.ChoiceField(label=_("Ce que contient le fichier"))
    file = forms.FileField(
        label=_("Fichier CSV ou XLSX"),
        help_text=_("10 Mo et 20 000 lignes au plus. Séparateur, encodage et dates sont reconnus."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [(name, target.label) for name, target in TARGETS.items()]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAXIMUM_BYTES:
            raise forms.ValidationError(_("Le fichier dépasse 10 Mo. Découpez-le en plusieurs fichiers."))
        return file


class MappingForm(forms.Form):
    """A column and a fixed value for each field of the target, and which part of the file is wanted."""

    done = forms.ChoiceField(
        label=_("Ces interventions sont"),
        choices=[("", _("des demandes à planifier")), ("1", _("des interventions réalisées"))],
        required=False,
    )
    order = forms.ChoiceField(label=_("Dates"), choices=_ORDERS, required=False)
    first_line = forms.IntegerField(label=_("De la ligne"), required=False, min_value=1)
    last_line = forms.IntegerField(label=_("à la ligne"), required=False, min_value=1)
    limit = forms.IntegerField(label=_("Lignes au plus"), required=False, min_value=1)
    from_day = forms.DateField(label=_("Du"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    to_day = forms.DateField(label=_("au"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    create_missing = forms.BooleanField(
        label=_("Créer ce qui manque"),
        required=False,
        help_text=_("Les chirurgiens, spécialités, salles et équipements que le fichier nomme et qui n'existent pas."),
    )

    def __init__(self, target: Target, table: Table, mapping: Mapping, data: Any = None) -> None:
        super().__init__(data, initial=_initial(target, mapping))
        self.target, self.table, self.mapping = target, table, mapping
        headers = [("", _("(aucune colonne)")), *((name, name) for name in table.headers)]
        for one in target.fields:
            column = forms.ChoiceField(label=one.label, choices=headers, required=False)
            column.widget.attrs["aria-label"] = str(_("Colonne pour : %(field)s") % {"field": one.label})
            constant = forms.CharField(label=one.label, required=False, max_length=200)
            constant.widget.attrs["aria-label"] = str(_("Valeur fixe pour : %(field)s") % {"field": one.label})
            self.fields[f"column_{one.name}"], self.fields[f"constant_{one.name}"] = column, constant
        if target.name != "interventions":
            del self.fields["done"]
        if not target.day:
            for name in ("from_day", "to_day", "order"):
                del self.fields[name]

    def rows(self) -> Iterator[dict[str, Any]]:
        """One a field of the target, for the page."""
        for one in self.target.fields:
            column = self[f"column_{one.name}"]
            example = self._examples(str(column.value() or ""))
            yield {"field": one, "column": column, "constant": self[f"constant_{one.name}"], "example": example}

    def _examples(self, header: str) -> str:
        if header not in self.table.headers:
            return ""
        position = self.table.headers.index(header)
        found = dict.fromkeys(
            str(line.cells[position]) for line in self.table.lines[:200] if line.cells[position] is not None
        )
        return " · ".join(Truncator(text).chars(40) for text in list(found)[:3])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for first, last in (("first_line", "last_line"), ("from_day", "to_day")):
            if given.get(first) and given.get(last) and given[last] < given[first]:
                self.add_error(last, _("La fin précède le début."))
        return given

    def to_mapping(self) -> Mapping:
        given = self.cleaned_data
        names = [one.name for one in self.target.fields]
        return Mapping(
            columns={name: given[f"column_{name}"] for name in names if given[f"column_{name}"]},
            constants={name: given[f"constant_{name}"] for name in names if given[f"constant_{name}"]},
            matches=self.mapping.matches,
            order=given.get("order") or None,
            create_missing=given["create_missing"],
            skip_faulty=self.mapping.skip_faulty,
            done=bool(given.get("done")),
            first_line=given["first_line"],
            last_line=given["last_line"],
            limit=given["limit"],
            from_day=given.get("from_day"),
            to_day=given.get("to_day"),
        )


class PreviewForm(forms.Form):
    """What can still be settled in front of the preview."""

    order = forms.ChoiceField(label=_("Dates"), choices=_ORDERS, required=False)
    create_missing = forms.BooleanField(label=_("Créer ce qui manque"), required=False)
    skip_faulty = forms.BooleanField(label=_("Laisser de côté les lignes en erreur"), required=False)
    update_known = forms.ChoiceField(
        label=_("Les interventions modifiées"),
        choices=[("", _("Les laisser telles quelles")), ("1", _("Les mettre à jour d'après le fichier"))],
        required=False,
    )


def _initial(target: Target, mapping: Mapping) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "done": "1" if mapping.done else "",
        "order": mapping.order or "",
        "first_line": mapping.first_line,
        "last_line": mapping.last_line,
        "limit": mapping.limit,
        "from_day": mapping.from_day,
        "to_day": mapping.to_day,
        "create_missing": mapping.create_missing,
    }
    for one in target.fields:
        initial[f"column_{one.name}"] = mapping.columns.get(one.name, "")
        initial[f"constant_{one.name}"] = mapping.constants.get(one.name, "")
    return initial
