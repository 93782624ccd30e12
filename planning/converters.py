"""The ``week`` part of addresses: ``/semaines/2026-W48/`` reaches a view as a ``Week``; any other name is a 404."""

from __future__ import annotations

from django.urls import register_converter

from planning.calendar import Week


class WeekConverter:
    regex = "[0-9]{4}-W[0-9]{2}"

    def to_python(self, value: str) -> Week:
        return Week.parse(value)

    def to_url(self, value: Week | str) -> str:
        return str(value)


register_converter(WeekConverter, "week")
