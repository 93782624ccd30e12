"""Exchanges of one plan: with whom, at what price, and the exchange itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from planning.api.parsing import LARGEST
from planning.api.plans import Lifted, PlanView, Revision, body
from planning.api.shapes import described
from planning.api.shapes import plans as shapes
from planning.calendar import Week
from planning.selectors.answers import partners_answer, place_refused, swap_answer
from planning.selectors.evaluation import MeaninglessPlace, UnknownIntervention
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.swaps import Swap, partners, swap_rooms, swap_two
from planning.services import swaps as services
from planning.services.placements import MOST_REASON


class Pair(serializers.Serializer[Any]):
    first = serializers.IntegerField(min_value=1, max_value=LARGEST)
    second = serializers.IntegerField(min_value=1, max_value=LARGEST)


class RoomPair(serializers.Serializer[Any]):
    room = serializers.IntegerField(min_value=1, max_value=LARGEST)
    date = serializers.DateField()
    other_room = serializers.IntegerField(min_value=1, max_value=LARGEST)
    other_date = serializers.DateField()


class Decided(Revision):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=MOST_REASON)


class Exchange(Pair, Decided):
    pass


class RoomExchange(RoomPair, Decided):
    pass


class SwapView(PlanView):
    def loaded(self, pk: int) -> LoadedWeek:
        plan = self.plan(pk)
        return load_week_problem(Week(plan.monday), plan)

    def judged(self, judge: Callable[[], Swap]) -> Response:
        try:
            return Response(swap_answer(judge()))
        except UnknownIntervention as error:
            raise NotFound(_("Cette intervention n'est pas dans ce planning.")) from error
        except MeaninglessPlace as error:
            return Response({"status": "refused", "refused": place_refused(error)})


class SwapPartners(SwapView):
    asks_only = True

    @extend_schema(operation_id="plan_swap_partners", request=Lifted, responses={200: described(shapes.Partners)})
    def post(self, request: Request, pk: int) -> Response:
        """Every intervention to swap with, the cheapest first, then those that a rule refuses."""
        loaded, key = self.loaded(pk), str(body(Lifted, request)["intervention"])
        if key not in loaded.assignments:
            raise NotFound(_("Cette intervention n'est pas dans ce planning."))
        return Response({"partners": partners_answer(loaded, partners(loaded, key))})


class SwapPrice(SwapView):
    asks_only = True

    @extend_schema(operation_id="plan_swap_price", request=Pair, responses={200: described(shapes.SwapPriceAnswer)})
    def post(self, request: Request, pk: int) -> Response:
        """Where both would land, whom they push, what it breaks, what it changes in the indicators."""
        asked, loaded = body(Pair, request), self.loaded(pk)
        return self.judged(lambda: swap_two(loaded, str(asked["first"]), str(asked["second"])))


class Swaps(SwapView):
    @extend_schema(operation_id="plan_swap", request=Exchange, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Swap and pin both. 409 with the fresh state when stale, 422 with the violations when a reason is needed."""
        asked = body(Exchange, request)
        return self.change(request, pk, asked.pop("revision"), services.swap_placements, **asked)


class RoomSwapPrice(SwapView):
    asks_only = True

    @extend_schema(
        operation_id="plan_room_swap_price", request=RoomPair, responses={200: described(shapes.SwapPriceAnswer)}
    )
    def post(self, request: Request, pk: int) -> Response:
        """What exchanging two whole room-days would break and cost."""
        asked, loaded = body(RoomPair, request), self.loaded(pk)
        monday = loaded.week.monday
        one = str(asked["room"]), (asked["date"] - monday).days
        other = str(asked["other_room"]), (asked["other_date"] - monday).days
        return self.judged(lambda: swap_rooms(loaded, one, other))


class RoomSwaps(SwapView):
    @extend_schema(operation_id="plan_room_swap", request=RoomExchange, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Exchange two whole room-days and pin what moved; answers as a swap."""
        asked = body(RoomExchange, request)
        asked["day"], asked["other_day"] = asked.pop("date"), asked.pop("other_date")
        return self.change(request, pk, asked.pop("revision"), services.swap_room_days, **asked)
