"""One's own notices, e-mails and calendar address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.forms import filled, given
from planning.api.lists import ListView
from planning.api.permissions import PlanningView, signed_in
from planning.models import CalendarFeed, Notice, User
from planning.models.people import Language
from planning.selectors.notice_words import text_of, title_of
from planning.selectors.notices import group_of, groups_for, notices_of
from planning.services.calendar_feeds import open_calendar, revoke_calendar
from planning.services.notices import choose_mails, read_notice, read_notices
from planning.web.forms.preferences import PreferencesForm

Group = Notice.Group
MAILED = [group.value for group in Group if group != Group.INBOX]


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["id", "kind", "group", "at", "title", "text", "monday", "plan", "intervention", "read_at"]

    def get_title(self, notice: Notice) -> str:
        return title_of(notice)

    def get_text(self, notice: Notice) -> str:
        return text_of(notice)

    @extend_schema_field(serializers.ChoiceField(choices=Group.choices))
    def get_group(self, notice: Notice) -> str:
        return group_of(notice.kind)


class NoticeFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")
    group = django_filters.ChoiceFilter(choices=Group.choices, method="of_group")

    def of_group(self, rows: QuerySet[Notice], _name: str, group: str) -> QuerySet[Notice]:
        return rows.filter(kind__in=Notice.GROUPS[Group(group)])


class Notices(ListView):
    may = May.SEE_WEEK
    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters
    orders = {"at": ["at"]}
    order = "-at"

    def get_queryset(self) -> QuerySet[Notice]:
        return notices_of(signed_in(self.request))

    @extend_schema(operation_id="notice_list")
    def get(self, request: Request) -> Response:
        """One's own, the latest first."""
        return self.listed(request)


class NoticeRead(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(operation_id="notice_read", request=None, responses={200: NoticeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Read from now on."""
        notice = read_notice(notice_id=pk, user=signed_in(request), now=timezone.now())
        if notice is None:
            raise Http404
        return Response(NoticeSerializer(notice).data)


class HowMany(serializers.Serializer[Any]):
    read = serializers.IntegerField(min_value=0)


class NoticesRead(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(operation_id="notice_read_all", request=None, responses={200: HowMany})
    def post(self, request: Request) -> Response:
        """All of one's own; how many were unread."""
        return Response({"read": read_notices(user=signed_in(request), now=timezone.now())})


class PreferencesSerializer(serializers.Serializer[Any]):
    """``groups``: what comes by e-mail, of what the role may be told; ``language``: that of the e-mails."""

    language = serializers.ChoiceField(choices=Language.choices, required=False)
    groups = serializers.ListField(
        child=serializers.ChoiceField(choices=MAILED), required=False, max_length=len(MAILED)
    )  # fmt: skip


class Preferences(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(operation_id="preferences", responses={200: PreferencesSerializer})
    def get(self, request: Request) -> Response:
        """What comes to oneself by e-mail, and in which language."""
        return Response(_preferences(signed_in(request)))

    @extend_schema(
        operation_id="preferences_edit", request=PreferencesSerializer, responses={200: PreferencesSerializer}
    )
    def patch(self, request: Request) -> Response:
        """Change what is sent of it."""
        user = signed_in(request)
        form = filled(PreferencesForm, given(PreferencesSerializer, request, partial=True), user=user)
        chosen = form.cleaned_data
        choose_mails(user=user, groups=chosen.get("groups", []), language=chosen["language"])
        return Response(_preferences(user))


def _preferences(user: User) -> dict[str, Any]:
    return {
        "language": user.language, "groups": [one.value for one in groups_for(user) if one not in user.unmailed]
    }  # fmt: skip


class CalendarSerializer(serializers.ModelSerializer[CalendarFeed]):
    class Meta:
        model = CalendarFeed
        fields = ["created_at", "last_read_at"]


class OpenedCalendar(CalendarSerializer):
    """``address`` is told here and never again."""

    address = serializers.URLField()

    class Meta(CalendarSerializer.Meta):
        fields = ["address", *CalendarSerializer.Meta.fields]


class Calendar(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(operation_id="calendar", responses={200: CalendarSerializer})
    def get(self, request: Request) -> Response:
        """When one's calendar address was made, and last read."""
        return Response(CalendarSerializer(get_object_or_404(CalendarFeed, user=signed_in(request))).data)

    @extend_schema(operation_id="calendar_open", request=None, responses={200: OpenedCalendar})
    def put(self, request: Request) -> Response:
        """A new secret address; the one before opens nothing any more. Not a POST, whose answers may be kept."""
        user = signed_in(request)
        secret = open_calendar(user=user, now=timezone.now())
        address = request.build_absolute_uri(reverse("calendar-feed", kwargs={"secret": secret}))
        feed = CalendarFeed.objects.get(user=user)
        return Response({"address": address, **CalendarSerializer(feed).data}, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="calendar_revoke", responses={204: None})
    def delete(self, request: Request) -> Response:
        """The address opens nothing any more."""
        revoke_calendar(user=signed_in(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
