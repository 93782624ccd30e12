"""The planned interventions that a change of the reference data hits: they stay where they are until someone moves
them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from planning.calendar import minute_of
from planning.models import Placement


class TouchedSerializer(serializers.Serializer[Any]):
    intervention = serializers.IntegerField()
    code = serializers.CharField()
    plan = serializers.IntegerField()
    status = serializers.CharField()
    room = serializers.IntegerField()
    date = serializers.DateField()
    start = serializers.IntegerField()


def touched(placements: Iterable[Placement]) -> list[dict[str, Any]]:
    return [
        {
            "intervention": one.intervention_id,
            "code": one.intervention.code,
            "plan": one.plan_id,
            "status": one.plan.status,
            "room": one.slot.room_id,
            "date": one.slot.date,
            "start": minute_of(one.starts_at, one.slot.date),
        }
        for one in placements
    ]
