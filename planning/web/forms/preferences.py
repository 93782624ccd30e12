from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import User
from planning.models.people import Language
from planning.selectors.notices import groups_for


class PreferencesForm(forms.Form):
    """What comes by e-mail, and in which language."""

    language = forms.ChoiceField(label=_("Langue"), choices=Language.choices)
    groups = forms.MultipleChoiceField(
        label=_("Recevoir par e-mail"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        mine = groups_for(user)
        wanted = [group.value for group in mine if group not in user.unmailed]
        super().__init__(data, initial={"language": user.language, "groups": wanted})
        field = self.fields["groups"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for the type checker
        field.choices = [(group.value, group.label) for group in mine]
        if not mine:
            del self.fields["groups"]
