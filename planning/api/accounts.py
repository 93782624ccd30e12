"""Accounts, for the administrator: invited, changed, closed, reopened, freed of a lost second factor; and whether the
site asks everyone for one.

``version`` is the account as it was read: an action sends it back, and is refused when somebody else changed it since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May, Role
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, WordsFilter
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.models import ApiToken, Site, User
from planning.selectors.account_words import FIELDS, SAID
from planning.selectors.accounts import State, accounts
from planning.services import accounts as services
from planning.web.forms.accounts import AccountForm
from planning.web.invitations import send_invitation

AccountBody = body_of(AccountForm, "AccountBody", without=("seen",))


class Seen(serializers.Serializer[Any]):
    """``version``: that of the account as the caller read it."""

    version = serializers.IntegerField(min_value=0, max_value=LARGEST)


class Reasoned(Seen):
    reason = serializers.CharField(max_length=200)


class AccountSerializer(serializers.ModelSerializer[User]):
    """``surgeon``: whose interventions the account shows; ``second_factor``: whether its person has one."""

    state = serializers.ChoiceField(choices=State.choices)
    second_factor = serializers.BooleanField(source="has_factor")
    surgeon = serializers.IntegerField(source="surgeon.pk", allow_null=True, default=None)
    version = serializers.IntegerField(source="access_version")

    class Meta:
        model = User
        fields = [
            "id", "username", "last_name", "first_name", "email", "role", "surgeon", "state", "second_factor",
            "last_login", "version",
        ]  # fmt: skip


class InvitedSerializer(AccountSerializer):
    """``invitation_sent`` false: the account is there, but the e-mail did not leave; ask for it again."""

    invitation_sent = serializers.BooleanField()

    class Meta(AccountSerializer.Meta):
        fields = [*AccountSerializer.Meta.fields, "invitation_sent"]


class SecondFactorSerializer(serializers.Serializer[Any]):
    """Whether the site asks everyone for a second factor."""

    required = serializers.BooleanField()  # type: ignore[assignment]  # the name of a field's own attribute


class AccountFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    state = django_filters.MultipleChoiceFilter(choices=State.choices)
    role = django_filters.MultipleChoiceFilter(choices=Role.choices)
    second_factor = django_filters.BooleanFilter(field_name="has_factor")
    q = WordsFilter(inside=["last_name", "first_name", "email", "username", "surgeon__trigram"])


def shown(pk: int) -> dict[str, Any]:
    return dict(AccountSerializer(get_object_or_404(accounts(), pk=pk)).data)


def refusal(error: services.UnableToChangeAccount) -> Exception:
    """Beside its field when one is at fault."""
    if error.reason in ("address-taken", "surgeon-taken"):
        return serializers.ValidationError({FIELDS[error.reason]: [str(SAID[error.reason])]})
    return Problem(status.HTTP_409_CONFLICT, error.reason, str(SAID[error.reason]))


def invited(request: Request, account: User, code: int, **headers: str) -> Response:
    return tagged(shown(account.pk) | {"invitation_sent": send_invitation(request, account)}, code, **headers)


class Accounts(ListView):
    may = May.ADMINISTER
    queryset = accounts()
    serializer_class = AccountSerializer
    filterset_class = AccountFilters
    orders = {
        "name": ["last_name", "first_name", "username"], "role": ["role", "last_name"], "state": ["state", "last_name"],
        "last_login": ["last_login", "last_name"],
    }  # fmt: skip
    order = "name"

    @extend_schema(operation_id="account_list")
    def get(self, request: Request) -> Response:
        """Every account, closed ones too."""
        return self.listed(request)

    @extend_schema(operation_id="account_invite", request=AccountBody, responses={201: InvitedSerializer})
    def post(self, request: Request) -> Response:
        """An account that opens once its person has followed the e-mail and chosen a password."""
        values = filled(AccountForm, given(AccountBody, request)).cleaned_data
        values.pop("seen")
        try:
            account = services.invite_account(**values, user=signed_in(request), now=timezone.now())
        except services.UnableToChangeAccount as error:
            raise refusal(error) from None
        where = reverse("api-account", kwargs={"pk": account.pk})
        return invited(request, account, status.HTTP_201_CREATED, Location=where)


class AccountDetail(PlanningView):
    may = May.ADMINISTER
    conditional = True

    @extend_schema(operation_id="account", responses={200: AccountSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One account; nothing of its password or its factors."""
        return tagged(shown(pk))

    @extend_schema(operation_id="account_edit", request=AccountBody, responses={200: AccountSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent of it. Its sessions and its tokens end. 409 ``last-administrator``, ``own-account``."""
        # Not locked here: the service takes the administrators first, then the account if nobody changed it since.
        account = get_object_or_404(User, pk=pk)
        require_match(request, shown(pk))
        form = filled(AccountForm, given(AccountBody, request, partial=True), instance=account)
        try:
            changed = services.change_account(
                account=account, surgeon=form.cleaned_data["surgeon"], seen=form.cleaned_data["seen"],
                user=signed_in(request), now=timezone.now(),
            )  # fmt: skip
        except services.UnableToChangeAccount as error:
            raise refusal(error) from None
        # Whoever changes their own name on a page stays signed in.
        if changed.pk == signed_in(request).pk and not isinstance(request.auth, ApiToken):
            update_session_auth_hash(request._request, changed)
        return tagged(shown(pk))


class AccountAction(PlanningView):
    may = May.ADMINISTER

    def act(self, request: Request, pk: int, service: Callable[..., Any], asked: dict[str, Any]) -> Any:
        account, seen = get_object_or_404(User, pk=pk), asked.pop("version")
        try:
            return service(account=account, seen=seen, user=signed_in(request), now=timezone.now(), **asked)
        except services.UnableToChangeAccount as error:
            raise refusal(error) from None


class AccountResend(AccountAction):
    @extend_schema(operation_id="account_resend", request=Seen, responses={200: InvitedSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Another invitation; the one before opens nothing any more. 409 ``opened`` once its person came in."""
        account = self.act(request, pk, services.renew_invitation, given(Seen, request))
        return invited(request, account, status.HTTP_200_OK)


class AccountClose(AccountAction):
    @extend_schema(operation_id="account_close", request=Reasoned, responses={200: AccountSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Nobody signs in to it any more; its sessions and its tokens end. 409 for one's own and the last that
        administers.
        """
        self.act(request, pk, services.close_account, given(Reasoned, request))
        return tagged(shown(pk))


class AccountReopen(AccountAction):
    @extend_schema(operation_id="account_reopen", request=Seen, responses={200: AccountSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Its person signs in as before; the tokens of before open nothing."""
        self.act(request, pk, services.reopen_account, given(Seen, request))
        return tagged(shown(pk))


class AccountResetFactor(AccountAction):
    @extend_schema(operation_id="account_reset_factor", request=Reasoned, responses={200: AccountSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """For who lost their second factor: the password alone opens the account until another one is added."""
        self.act(request, pk, services.reset_second_factor, given(Reasoned, request))
        return tagged(shown(pk))


class SecondFactorRule(PlanningView):
    may = May.ADMINISTER

    @extend_schema(operation_id="second_factor_rule", responses={200: SecondFactorSerializer})
    def get(self, request: Request) -> Response:
        """Whether a second factor is asked of everyone."""
        return Response({"required": Site.objects.filter(pk=1, second_factor_required=True).exists()})

    @extend_schema(
        operation_id="second_factor_rule_edit", request=SecondFactorSerializer, responses={200: SecondFactorSerializer}
    )
    def put(self, request: Request) -> Response:
        """Ask it of everyone, tokens too, or leave it to each."""
        required = given(SecondFactorSerializer, request)["required"]
        services.require_second_factor(required=required, user=signed_in(request), now=timezone.now())
        return Response({"required": required})
