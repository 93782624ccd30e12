"""Accounts: invited, changed, closed, reopened, freed of a lost second factor. The journal keeps each, never a secret.

Each change grows ``access_version``: sessions opened before end at once, and who saw the account before is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import F

from planning.access import Role
from planning.models import JournalEntry, Site, Surgeon, User
from planning.selectors.accounts import NEVER_OPENED, working_administrators
from planning.services.journal import append_change

ACCOUNT = JournalEntry.Action.ACCOUNT


class UnableToChangeAccount(Exception):
    """``reason``: address-taken, surgeon-taken, last-administrator, own-account, stale, already, opened, no-factor."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@transaction.atomic
def invite_account(
    *, email: str, first_name: str, last_name: str, role: str, surgeon: Surgeon | None, user: User, now: datetime
) -> User:
    """An account that nobody can sign in to before its person has chosen a password."""
    account = User(
        username=email.lower(), email=email.lower(), first_name=first_name, last_name=last_name, role=role,
        language=user.language,  # until they choose their own
    )  # fmt: skip
    account.set_unusable_password()
    _require_free_address(account)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:  # another administrator invited the same person meanwhile
        raise UnableToChangeAccount("address-taken") from None
    _link(account, surgeon)
    append_change(action=ACCOUNT, of=str(account), before=None, after=_facts(account), user=user, now=now)
    return account


@transaction.atomic
def change_account(*, account: User, surgeon: Surgeon | None, seen: int, user: User, now: datetime) -> User:
    """Save ``account``'s names, address and role, and whose it is. ``seen`` is the version the person was shown."""
    kept = _claim(account, seen)
    if kept.role != account.role:
        _require_another_administrator(kept, user)
    _require_free_address(account)
    before = _facts(kept)
    if kept.email != account.email:
        EmailAddress.objects.filter(user=kept).delete()  # forgotten passwords go to the new address alone
    if kept.username == kept.email:
        account.username = account.email
    account.save(update_fields=["username", "first_name", "last_name", "email", "role"])
    _link(account, surgeon)
    changed = User.objects.get(pk=account.pk)
    append_change(action=ACCOUNT, of=str(kept), before=before, after=_facts(changed), user=user, now=now)
    return changed


@transaction.atomic
def close_account(*, account: User, seen: int, reason: str, user: User, now: datetime) -> None:
    kept = _claim(account, seen)
    if not kept.is_active:
        raise UnableToChangeAccount("already")
    _require_another_administrator(kept, user)
    kept.is_active = False
    if User.objects.filter(NEVER_OPENED, pk=kept.pk).exists():
        kept.set_unusable_password()  # the link that was sent opens nothing any more
    kept.save(update_fields=["is_active", "password"])
    _note(kept, {"open": True}, {"open": False}, user, now, reason)


@transaction.atomic
def reopen_account(*, account: User, seen: int, user: User, now: datetime) -> None:
    kept = _claim(account, seen)
    if kept.is_active:
        raise UnableToChangeAccount("already")
    User.objects.filter(pk=kept.pk).update(is_active=True)
    _note(kept, {"open": False}, {"open": True}, user, now)


@transaction.atomic
def renew_invitation(*, account: User, seen: int, user: User, now: datetime) -> User:
    """The link sent before opens nothing any more; the account returned makes the next one."""
    kept = _claim(account, seen)
    if not User.objects.filter(NEVER_OPENED, pk=kept.pk, is_active=True).exists():
        raise UnableToChangeAccount("opened")
    kept.set_unusable_password()
    kept.save(update_fields=["password"])
    _note(kept, {"invitation": None}, {"invitation": "renewed"}, user, now)
    return kept


@transaction.atomic
def reset_second_factor(*, account: User, seen: int, reason: str, user: User, now: datetime) -> None:
    """For who lost it: the password alone opens the account until another factor is added."""
    kept = _claim(account, seen)
    if not Authenticator.objects.filter(user=kept).delete()[0]:
        raise UnableToChangeAccount("no-factor")
    _note(kept, {"second_factor": True}, {"second_factor": False}, user, now, reason)


@transaction.atomic
def require_second_factor(*, required: bool, user: User, now: datetime) -> bool:
    """Whether the site asks everyone for a second factor; says whether that is new."""
    # Conditional, because two administrators may press at once: the journal has one line.
    if not Site.objects.filter(pk=1, second_factor_required=not required).update(second_factor_required=required):
        return False
    append_change(
        action=ACCOUNT, of="", before={"second_factor_required": not required},
        after={"second_factor_required": required}, user=user, now=now,
    )  # fmt: skip
    return True


def _claim(account: User, seen: int) -> User:
    """The row as it is kept, sessions ended; another administrator may have changed it since ``seen``."""
    # Before anything else, so that two administrators who act on one another follow each other.
    list(working_administrators().select_for_update().order_by("pk").values_list("pk"))
    claimed = User.objects.filter(pk=account.pk, access_version=seen)
    if not claimed.update(access_version=F("access_version") + 1):
        raise UnableToChangeAccount("stale")
    return User.objects.get(pk=account.pk)


def _require_another_administrator(kept: User, user: User) -> None:
    if kept.pk == user.pk:
        raise UnableToChangeAccount("own-account")
    if kept.role == Role.ADMINISTRATOR and not working_administrators().exclude(pk=kept.pk).exists():
        raise UnableToChangeAccount("last-administrator")


def _require_free_address(account: User) -> None:
    if account.email and User.objects.filter(email__iexact=account.email).exclude(pk=account.pk).exists():
        raise UnableToChangeAccount("address-taken")


def _link(account: User, surgeon: Surgeon | None) -> None:
    """``surgeon`` is this account's person from now on; None when it is no surgeon's."""
    held = Surgeon.objects.filter(user=account)
    if surgeon is None:
        held.update(user=None)
        return
    held.exclude(pk=surgeon.pk).update(user=None)
    if held.exists():
        return
    # Conditional, because another administrator may have given the surgeon another account meanwhile.
    if not Surgeon.objects.filter(pk=surgeon.pk, user=None).update(user=account):
        raise UnableToChangeAccount("surgeon-taken")


def _facts(account: User) -> dict[str, Any]:
    code = Surgeon.objects.filter(user=account).values_list("code", flat=True).first()
    return {
        "last_name": account.last_name, "first_name": account.first_name, "email": account.email,
        "role": account.role, "surgeon": code,
    }  # fmt: skip


def _note(
    account: User, before: dict[str, Any], after: dict[str, Any], user: User, now: datetime, reason: str = ""
) -> None:
    append_change(action=ACCOUNT, of=str(account), before=before, after=after, user=user, now=now, reason=reason)
