"""The bloc's inbox: what waits in order of harm, and each decision on it.

Decisions name the lines of the journal that they wrote (``entries``): ``inbox/undo/`` takes those back for as long as
nothing followed.
"""

from __future__ import annotations

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import Pages
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.models import ChangeRequest, Intervention, JournalEntry, PatientRead
from planning.selectors.change_sentences import refusal_text
from planning.selectors.inbox import Group, Item, inbox
from planning.selectors.inbox_hints import Hints
from planning.selectors.inbox_words import second_line, told_text
from planning.services.change_requests import ChangeRefused, answer_change
from planning.services.decisions import NoDuplicate, Outcome, accept_requests, keep_apart, merge_duplicates, send_back
from planning.services.interventions import InterventionRefused, cancel_intervention
from planning.services.reading import read_decisions
from planning.services.reads import note_read
from planning.services.replanning import assign_responsible, mark_done, plan_again
from planning.services.undoing import undo_decisions
from planning.web.forms.inbox import FollowUpForm, ReasonForm, RefusalForm

State = Intervention.State
MOST = 500
_SHOWN_AS = [one for one in State.choices if one[0] != State.DRAFT]
FollowUpBody = body_of(
    FollowUpForm, "FollowUpBody",
    seen=serializers.IntegerField(
        min_value=1, max_value=LARGEST, allow_null=True, required=False, help_text="Whom the caller saw in charge."
    ),
)  # fmt: skip


def _numbers(**options: Any) -> serializers.ListField:
    child = serializers.IntegerField(min_value=1, max_value=LARGEST)
    return serializers.ListField(child=child, min_length=1, max_length=MOST, **options)


class AcceptBody(serializers.Serializer[Any]):
    """``minutes``: the duration kept, when there is one request and another duration than the one asked."""

    interventions = _numbers()
    minutes = serializers.IntegerField(min_value=5, max_value=1440, required=False, allow_null=True)
    shown_as = serializers.ChoiceField(choices=[State.REQUESTED, State.RETURNED], default=State.REQUESTED)


class ReturnBody(serializers.Serializer[Any]):
    interventions = _numbers()
    reason = serializers.CharField(max_length=300)


class RefuseBody(serializers.Serializer[Any]):
    """``shown_as``: the state that the caller saw; 409 when it is another by now."""

    reason = serializers.CharField(max_length=200)
    shown_as = serializers.ChoiceField(choices=_SHOWN_AS, required=False)


class PlanAgainBody(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class MergeBody(serializers.Serializer[Any]):
    kept = serializers.IntegerField(min_value=1, max_value=LARGEST)


class AnswerBody(serializers.Serializer[Any]):
    """A refusal says why."""

    accept = serializers.BooleanField()
    answer = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class DoneBody(serializers.Serializer[Any]):
    interventions = _numbers()


class UndoBody(serializers.Serializer[Any]):
    entries = _numbers()


class ReadBody(serializers.Serializer[Any]):
    until = serializers.DateTimeField()


class InboxItemSerializer(serializers.Serializer[Any]):
    """``group`` is the worst of the ``groups`` it belongs to, or the one asked for; ``said`` the one thing to know of
    it; ``sound`` that it may be accepted with many others."""

    intervention = serializers.IntegerField()
    group = serializers.ChoiceField(choices=[str(one) for one in Group])
    groups = serializers.ListField(child=serializers.ChoiceField(choices=[str(one) for one in Group]))
    code = serializers.CharField()
    patient_code = serializers.CharField()
    procedure_label = serializers.CharField()
    surgeon = serializers.IntegerField()
    specialty = serializers.IntegerField()
    planned_minutes = serializers.IntegerField()
    deadline_date = serializers.DateField()
    state = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    said = serializers.CharField()
    sound = serializers.BooleanField()
    responsible = serializers.IntegerField(allow_null=True)
    replan_monday = serializers.DateField(allow_null=True)
    change = serializers.IntegerField(allow_null=True)
    duplicate_of = serializers.IntegerField(allow_null=True)


class RefusedSerializer(serializers.Serializer[Any]):
    intervention = serializers.IntegerField()
    code = serializers.CharField()
    state = serializers.CharField()
    text = serializers.CharField()


class OutcomeSerializer(serializers.Serializer[Any]):
    """``refused``: decided by somebody else meanwhile, each with by whom and when."""

    entries = serializers.ListField(child=serializers.IntegerField())
    refused = RefusedSerializer(many=True)


class InboxPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = InboxItemSerializer(many=True)


def _outcome(found: Outcome) -> Response:
    refused = [
        {
            "intervention": one.intervention.pk,
            "code": one.intervention.code,
            "state": one.intervention.state,
            "text": told_text(one.intervention, one.last),
        }
        for one in found.refused
    ]
    return Response({"entries": [one.pk for one in found.entries], "refused": refused})


class InboxList(PlanningView):
    may = May.DECIDE

    @extend_schema(
        operation_id="inbox",
        parameters=[
            OpenApiParameter("group", enum=[str(one) for one in Group]),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int),
        ],
        responses={200: InboxPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """What waits for the bloc's decision, the worst first: one row an intervention, all that a group holds."""
        unknown = sorted(set(request.query_params) - {"group", "page", "page_size"})
        group = request.query_params.get("group")
        if unknown or (group is not None and group not in set(Group)):
            name = unknown[0] if unknown else "group"
            known = "group, page, page_size" if unknown else ", ".join(Group)
            raise serializers.ValidationError({name: [_("Connus ici : %(names)s.") % {"names": known}]})
        now = timezone.now()
        waiting = inbox(signed_in(request), today=timezone.localdate(), now=now)
        found = list(waiting) if group is None else waiting.groups[Group(group)]
        pages = Pages()
        page: list[Item] = pages.paginate_queryset(cast("Any", found), request, view=self) or []
        hints = Hints.of_requests(page, timezone.localdate())
        note_read(
            user=signed_in(request), source=PatientRead.Source.INBOX, interventions=[one.pk for one in page], now=now
        )
        rows = [item_shown(one, hints) for one in page]
        return pages.get_paginated_response(InboxItemSerializer(rows, many=True).data)


def item_shown(one: Item, hints: Hints) -> dict[str, Any]:
    row = one.intervention
    return {
        "intervention": one.pk,
        "group": str(one.group),
        "groups": [str(group) for group in one.groups],
        "code": row.code,
        "patient_code": row.patient_code,
        "procedure_label": row.procedure_label,
        "surgeon": row.surgeon_id,
        "specialty": row.specialty_id,
        "planned_minutes": row.planned_minutes,
        "deadline_date": row.deadline_date,
        "state": row.state,
        "since": one.since,
        "said": second_line(one, hints, timezone.localdate()).text,
        "sound": hints.is_sound(one),
        "responsible": row.responsible_id,
        "replan_monday": row.replan_monday,
        "change": one.change.pk if one.change else None,
        "duplicate_of": one.first.pk if one.first else None,
    }


class InboxAccept(PlanningView):
    may = May.DECIDE

    @extend_schema(operation_id="inbox_accept", request=AcceptBody, responses={200: OutcomeSerializer})
    def post(self, request: Request) -> Response:
        """Requests enter the list to plan. What was decided meanwhile is refused, the others go through."""
        asked = given(AcceptBody, request)
        minutes = asked.get("minutes") if len(set(asked["interventions"])) == 1 else None
        return _outcome(
            accept_requests(
                interventions=asked["interventions"], minutes=minutes, shown_as=asked["shown_as"],
                user=signed_in(request), now=timezone.now(),
            )
        )  # fmt: skip


class InboxReturn(PlanningView):
    may = May.DECIDE

    @extend_schema(operation_id="inbox_return", request=ReturnBody, responses={200: OutcomeSerializer})
    def post(self, request: Request) -> Response:
        """Requests go back to whoever asked, with one question to all."""
        asked = given(ReturnBody, request)
        reason = filled(ReasonForm, {"reason": asked["reason"]}).cleaned_data["reason"]
        return _outcome(
            send_back(interventions=asked["interventions"], reason=reason, user=signed_in(request), now=timezone.now())
        )


class InboxDone(PlanningView):
    may = May.DECIDE

    @extend_schema(operation_id="inbox_done", request=DoneBody, responses={200: OutcomeSerializer})
    def post(self, request: Request) -> Response:
        """Planned, and they took place though nobody stamped them; when they entered and left stays as it is."""
        asked = given(DoneBody, request)
        return _outcome(
            mark_done(interventions=asked["interventions"], user=signed_in(request), now=timezone.now())
        )  # fmt: skip


class InboxUndo(PlanningView):
    may = May.DECIDE

    @extend_schema(operation_id="inbox_undo", request=UndoBody, responses={200: OutcomeSerializer})
    def post(self, request: Request) -> Response:
        """Decisions taken back, by the lines they wrote, as long as nothing followed."""
        asked = given(UndoBody, request)
        return _outcome(undo_decisions(entries=asked["entries"], user=signed_in(request), now=timezone.now()))


class InboxRead(PlanningView):
    may = May.DECIDE

    @extend_schema(operation_id="inbox_read", request=ReadBody, responses={204: None})
    def post(self, request: Request) -> Response:
        """What colleagues decided until then is read."""
        asked = given(ReadBody, request)
        read_decisions(user=signed_in(request), until=asked["until"], now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


# --- One intervention --------------------------------------------------------------------------------------------


class Decision(PlanningView):
    may = May.DECIDE

    def row(self, pk: int) -> Intervention:
        return get_object_or_404(Intervention.objects.exclude(state=State.DRAFT), pk=pk)

    def decided(self, row: Intervention, service: Any, **asked: Any) -> Response:
        """One line, or none when nothing changed. 409 ``decided`` says who decided instead."""
        try:
            entry: JournalEntry | None = service(**asked, user=signed_in(self.request), now=timezone.now())
        except InterventionRefused:
            last = JournalEntry.objects.filter(intervention=row).select_related("user", "intervention").first()
            title = _("Elle n'est plus comme elle vous a été montrée")
            raise Problem(status.HTTP_409_CONFLICT, "decided", title, told_text(row, last)) from None
        return Response({"entries": [entry.pk] if entry else [], "refused": []})


class InterventionRefuse(Decision):
    @extend_schema(operation_id="intervention_refuse", request=RefuseBody, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """A request refused, or an intervention cancelled, with the reason that the surgeon reads."""
        row, asked = self.row(pk), given(RefuseBody, request)
        reason = filled(RefusalForm, {"reason": asked["reason"]}).cleaned_data["reason"]
        shown_as = asked.get("shown_as", "")
        return self.decided(row, cancel_intervention, intervention=row, reason=reason, shown_as=shown_as)


class InterventionMerge(Decision):
    @extend_schema(operation_id="intervention_merge", request=MergeBody, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Cancelled as the duplicate of ``kept``, another open one of the same patient."""
        row, asked = self.row(pk), given(MergeBody, request)
        try:
            found = merge_duplicates(kept=asked["kept"], dropped=[row.pk], user=signed_in(request), now=timezone.now())
        except (NoDuplicate, InterventionRefused):
            title = _("Ces deux interventions ne se réunissent pas")
            raise Problem(status.HTTP_409_CONFLICT, "no-duplicate", title) from None
        return _outcome(found)


class InterventionKeepApart(Decision):
    @extend_schema(operation_id="intervention_keep_apart", request=None, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """It only looks like a duplicate: both are operated."""
        return self.decided(self.row(pk), keep_apart, intervention=pk)


class InterventionAnswerChange(Decision):
    @extend_schema(operation_id="intervention_answer_change", request=AnswerBody, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """The one answer to its open request for change; accepting does what is asked."""
        row, asked = self.row(pk), given(AnswerBody, request)
        change = get_object_or_404(ChangeRequest, intervention=row, state=ChangeRequest.State.OPEN)
        try:
            entry = answer_change(change=change, **asked, user=signed_in(request), now=timezone.now())
        except ChangeRefused as error:
            if error.field:
                raise serializers.ValidationError({error.field: [refusal_text(error.why)]}) from None
            raise Problem(status.HTTP_409_CONFLICT, "decided", refusal_text(error.why)) from None
        return Response({"entries": [entry.pk], "refused": []})


class InterventionPlanAgain(Decision):
    @extend_schema(operation_id="intervention_plan_again", request=PlanAgainBody, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Planned, and it will not or did not take place: it waits to be planned again."""
        row, asked = self.row(pk), given(PlanAgainBody, request)
        reason = filled(RefusalForm, {"reason": asked["reason"]}).cleaned_data["reason"]
        return self.decided(row, plan_again, intervention=pk, reason=reason)


class InterventionDone(Decision):
    @extend_schema(operation_id="intervention_done", request=None, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Planned, and it took place though nobody stamped it."""
        row = self.row(pk)
        return _outcome(mark_done(interventions=[row.pk], user=signed_in(request), now=timezone.now()))


class InterventionFollowUp(Decision):
    @extend_schema(operation_id="intervention_follow_up", request=FollowUpBody, responses={200: OutcomeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Who sees to it that it is planned again, in which week (one of its days), or what holds it."""
        row, asked = self.row(pk), given(FollowUpBody, request)
        seen = asked.pop("seen", None)
        told = filled(FollowUpForm, asked).cleaned_data
        return self.decided(
            row, assign_responsible, intervention=pk, responsible=told["responsible"], monday=told["monday"],
            note=told["note"], seen=seen,
        )  # fmt: skip
