"""One's own tokens: read and revoked. Only the page makes one, because it asks for the password again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.lists import ListView
from planning.api.permissions import PlanningView, signed_in
from planning.models import ApiToken
from planning.selectors.tokens import tokens_of
from planning.services.tokens import revoke_token


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """Its name and its dates; never the token."""

    class Meta:
        model = ApiToken
        fields = ["identifier", "name", "created", "expiry", "last_used_at"]


class Tokens(ListView):
    may = May.SEE_WEEK
    queryset = ApiToken.objects.none()
    serializer_class = TokenSerializer
    orders = {"created": ["created"], "expiry": ["expiry"]}
    order = "-created"

    def get_queryset(self) -> QuerySet[Any]:
        return tokens_of(signed_in(self.request))

    @extend_schema(operation_id="token_list")
    def get(self, request: Request) -> Response:
        """One's own, ended ones too for a month."""
        return self.listed(request)


class TokenDetail(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(operation_id="token_revoke", request=None, responses={204: None})
    def delete(self, request: Request, identifier: UUID) -> Response:
        """It opens nothing any more; the one that asks for it too."""
        user = signed_in(request)
        token = get_object_or_404(tokens_of(user).select_related("user"), identifier=identifier)
        revoke_token(token=token, user=user, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
