"""The shapes of the answers that are made as plain JSON: described to callers, never used to make them.

A shape is a ``TypedDict``, the shortest way to write one; ``described`` makes of it the component that the description
names. tests/api/test_answers.py holds every real answer against its shape, key by key.
"""

from __future__ import annotations

import types
from datetime import date, datetime
from functools import cache
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from rest_framework import serializers

Described = type[serializers.Serializer[Any]]
_PLAIN: dict[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    str: serializers.CharField,
    date: serializers.DateField,
    datetime: serializers.DateTimeField,
}


@cache
def described(shape: Any) -> Described:
    """The serializer of the name and the words of ``shape``."""
    fields: dict[str, Any] = {
        name: _field(hint, {}) for name, hint in get_type_hints(shape, include_extras=True).items()
    }
    return type(shape.__name__, (serializers.Serializer,), {"__doc__": shape.__doc__, **fields})


def _field(hint: Any, options: dict[str, Any]) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _field(parts[0], options | {"required": False})
    if origin in (Union, types.UnionType):
        [only] = [one for one in parts if one is not type(None)]
        return _field(only, options | {"allow_null": True})
    if origin is list and is_typeddict(parts[0]):
        return described(parts[0])(many=True, **options)
    if origin is list:
        return serializers.ListField(child=_field(parts[0], {}), **options)
    if origin is dict:
        return serializers.DictField(child=_field(parts[1], {}), **options)
    return described(hint)(**options) if is_typeddict(hint) else _PLAIN[hint](**options)
