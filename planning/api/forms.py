"""What is sent, judged by the very forms of the pages: one set of rules.

A body says only the shape (``body_of`` derives it from the form, for the description and for a first refusal); the
rules are the form's. Times of the day and durations are minutes here, where the page reads « 8h30 ».
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from planning.api.parsing import LARGEST
from planning.web.forms.fields import LAST_MINUTE, ClockField, DurationField

F = TypeVar("F", bound=forms.BaseForm)
Body = type[serializers.Serializer[Any]]
NOTHING: tuple[Any, ...] = (None, "", [])


def body_of(form: Any, name: str, *, without: tuple[str, ...] = (), **more: Any) -> Body:
    """The serializer ``name`` of what ``form`` asks; ``more`` adds fields or gives others in their place."""
    fresh: Mapping[str, Any] = _defaults(form)
    fields = {
        one: _shape(field, optional=not field.required or fresh.get(one) not in NOTHING)
        for one, field in form.base_fields.items()
        if one not in without and one not in more
    }
    return type(name, (serializers.Serializer,), fields | more)


def _defaults(form: Any) -> dict[str, Any]:
    model: type[Model] | None = getattr(getattr(form, "_meta", None), "model", None)
    found = {name: field.initial for name, field in form.base_fields.items()}
    if model is None:
        return found
    plain = [one for one in model._meta.concrete_fields if one.name in form.base_fields and one.has_default()]
    return found | {one.name: one.get_default() for one in plain}


def _shape(field: forms.Field, *, optional: bool) -> Any:
    """The JSON of one field of a form."""
    options: dict[str, Any] = {"required": not optional, "help_text": field.help_text or field.label}
    nullable = options | {"allow_null": not field.required}
    for kind, made in _SHAPES:
        if isinstance(field, kind):
            return made(field, options, nullable)
    return serializers.CharField(
        max_length=getattr(field, "max_length", None), allow_blank=not field.required, **options
    )


def _choices(field: Any, options: dict[str, Any], nullable: dict[str, Any]) -> Any:
    known = [one for one in field.choices if one[0] not in NOTHING]
    return serializers.ChoiceField(choices=known, allow_blank=not field.required, **options)


_Made = Callable[[Any, dict[str, Any], dict[str, Any]], Any]
_SHAPES: list[tuple[type[forms.Field], _Made]] = [
    (forms.ModelMultipleChoiceField, lambda field, options, _n: serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), max_length=200, **options)),
    (forms.ModelChoiceField, lambda field, _o, nullable: serializers.IntegerField(
        min_value=1, max_value=LARGEST, **nullable)),
    (forms.ChoiceField, _choices),
    (ClockField, lambda field, _o, nullable: serializers.IntegerField(
        min_value=0, max_value=LAST_MINUTE, **nullable)),
    (DurationField, lambda field, _o, nullable: serializers.IntegerField(
        min_value=field.shortest, max_value=field.longest, **nullable)),
    (forms.IntegerField, lambda field, _o, nullable: serializers.IntegerField(
        min_value=field.min_value, max_value=min(field.max_value or LARGEST, LARGEST), **nullable)),
    (forms.DateField, lambda field, _o, nullable: serializers.DateField(**nullable)),
    (forms.BooleanField, lambda field, options, _n: serializers.BooleanField(**options | {"required": False})),
]  # fmt: skip


def given(serializer: Body, request: Request, *, partial: bool = False) -> dict[str, Any]:
    """What was sent, of the right shape. A field that nothing reads is refused rather than ignored."""
    found = serializer(data=request.data, partial=partial)
    if isinstance(request.data, Mapping):
        unknown = sorted(str(name) for name in set(request.data) - set(found.fields))
        if unknown:
            text = _("Champ inconnu. Connus ici : %(names)s.") % {"names": ", ".join(found.fields)}
            raise serializers.ValidationError({key: [text] for key in unknown})
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


def filled(form: type[F], values: Mapping[str, Any], *, named: Callable[[str], str] = str, **options: Any) -> F:
    """The form as the page would send it: ``values`` over what it shows. Raises ``ValidationError``.

    ``named`` tells which field of the body a field of the form is.
    """
    blank = form(**options)
    shown = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
    if options.get("instance") is None:
        fresh = _defaults(form)
        shown = {name: fresh.get(name) if value is None else value for name, value in shown.items()}
    data = {name: blank.fields[name].prepare_value(value) for name, value in (shown | dict(values)).items()
            if name in blank.fields}  # fmt: skip
    bound = form(data, **options)
    if not bound.is_valid():
        raise refused(bound, named)
    return bound


def refused(form: forms.BaseForm, named: Callable[[str], str] = str) -> serializers.ValidationError:
    errors: dict[str, list[str]] = {}
    for name, messages in form.errors.items():
        errors.setdefault("" if name == "__all__" else named(name), []).extend(str(one) for one in messages)
    return serializers.ValidationError(errors)
