from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.access import TABLE, May
from planning.calendar import Week
from planning.models import User
from planning.web.forms.fields import DayField, DurationField

MOST_REASON, MOST_CANCEL_REASON, MOST_NOTE = 300, 200, 200
_WHY_BACK = _("Écrivez au chirurgien ce qui manque ou ce qui est à revoir : il répondra à cette question.")
_WHY_NOT = _("Écrivez pourquoi : le chirurgien le lira, et le journal le garde.")


class ReasonForm(forms.Form):
    """Why it goes back to the surgeon."""

    reason = forms.CharField(label=_("Message"), max_length=MOST_REASON, error_messages={"required": _WHY_BACK})


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Motif"), max_length=MOST_CANCEL_REASON, error_messages={"required": _WHY_NOT})


class AcceptForm(forms.Form):
    """``minutes`` is the duration kept, when another is chosen than the one asked."""

    minutes = DurationField(label=_("Durée retenue"), shortest=5, required=False)


class AnswerForm(forms.Form):
    accept = forms.BooleanField(required=False)
    answer = forms.CharField(label=_("Réponse"), max_length=MOST_REASON, required=False)


class FollowUpForm(forms.Form):
    """Who sees to it that it is planned again; in which week, or what holds it."""

    responsible = forms.ModelChoiceField(
        label=_("Responsable"), queryset=User.objects.none(), required=False, empty_label=_("Personne")
    )
    day = DayField(label=_("Semaine visée"), required=False, help_text=_("Un jour de cette semaine."))
    note = forms.CharField(label=_("Ce qui la retient"), max_length=MOST_NOTE, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast("forms.ModelChoiceField[User]", self.fields["responsible"])
        field.queryset = deciders()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        day = self.cleaned_data.get("day")
        self.cleaned_data["monday"] = Week.of(day).monday if day else None
        return cleaned


def deciders() -> Any:
    roles = [role for role, rights in TABLE.items() if May.DECIDE in rights]
    return User.objects.filter(is_active=True, role__in=roles).order_by("last_name", "first_name", "username")
