"""The base of every list: pages, filters and orders; what is not known of it is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView

MOST_LETTERS, MOST_WORDS = 200, 20
LARGEST_PAGE = 1_000_000


class Pages(PageNumberPagination):
    """``{"count": 120, "next": "…?page=3", "previous": "…?page=1", "results": […]}``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_number(self, request: Request, paginator: Any) -> str | int:
        return _whole(request, "page", LARGEST_PAGE) or 1

    def get_page_size(self, request: Request) -> int | None:
        return _whole(request, "page_size", self.max_page_size) or self.page_size

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = super().get_schema_operation_parameters(view)
        for one, most in zip(found, (LARGEST_PAGE, self.max_page_size), strict=True):
            one["schema"] |= {"minimum": 1, "maximum": most}
        return found


def _whole(request: Request, name: str, most: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
    if not 1 <= number <= most:
        raise ValidationError({name: [_("Écrivez un nombre entier de 1 à %(most)s.") % {"most": most}]})
    return number


class NumberFilter(django_filters.NumberFilter):  # type: ignore[misc]  # django-filter has no types
    """The number of a row."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **({"min_value": 1, "max_value": LARGEST} | options))

    def get_max_validator(self) -> None:
        return None


class WordsFilter(django_filters.CharFilter):  # type: ignore[misc]  # django-filter has no types
    """Every word must be found in one of the fields ``inside``."""

    def __init__(self, *, inside: Sequence[str], **options: Any) -> None:
        super().__init__(max_length=MOST_LETTERS, **options)
        self.inside = inside

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        for word in (value or "").split()[:MOST_WORDS]:
            found = Q()
            for name in self.inside:
                found |= Q(**{f"{name}__icontains": word})
            qs = qs.filter(found)
        return qs.distinct()


class Filters(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """django-filter's; a parameter that nothing reads is refused rather than ignored."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filters = self.get_filterset_class(view, queryset)
        names = {*(filters.base_filters if filters else ()), "page", "page_size", "ordering"}
        unknown = sorted(set(request.query_params) - names)
        if unknown:
            text = _("Paramètre inconnu. Connus ici : %(names)s.") % {"names": ", ".join(sorted(names))}
            raise ValidationError({key: [text] for key in unknown})
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


class Ordering(BaseFilterBackend):
    """``?ordering=deadline`` or ``-deadline``: one of the view's ``orders``."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        orders: Mapping[str, Sequence[str]] = view.orders
        asked = request.query_params.get("ordering", view.order)
        if asked.removeprefix("-") not in orders:
            text = _("Ordre inconnu. Connus ici : %(names)s.") % {"names": ", ".join(orders)}
            raise ValidationError({"ordering": [text]})
        fields = orders[asked.removeprefix("-")]
        if asked.startswith("-"):
            fields = [name[1:] if name.startswith("-") else f"-{name}" for name in fields]
        return queryset.order_by(*fields, "pk")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [name for one in view.orders for name in (one, f"-{one}")]
        schema = {"type": "string", "enum": names, "default": view.order}
        return [{"name": "ordering", "in": "query", "required": False, "schema": schema}]


class ListView(PlanningView, ListModelMixin, GenericAPIView[Any]):
    """``queryset`` (and ``narrowed``), ``serializer_class``, ``filterset_class``, ``orders`` and ``order``."""

    pagination_class = Pages
    filter_backends = [Filters, Ordering]
    orders: Mapping[str, Sequence[str]] = {"id": ["pk"]}
    order = "id"

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        # The description is made without a request, nor the parts of an address.
        return rows if getattr(self, "swagger_fake_view", False) else self.narrowed(rows)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What of ``queryset`` this address and this reader are about."""
        return rows

    def listed(self, request: Request) -> Response:
        """One page; ``noticed`` is told of its rows."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        self.noticed(request, list(page))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def noticed(self, request: Request, rows: list[Any]) -> None:
        """For lists whose reading is remembered."""
