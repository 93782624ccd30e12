"""The tokens of the API: those of an account, and the one that a request carries."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, QuerySet
from knox.crypto import hash_token

from planning.models import ApiToken, Site, User


def tokens_of(user: User) -> QuerySet[ApiToken]:
    mine: QuerySet[ApiToken] = ApiToken.objects.filter(user=user)
    return mine


def live_token(text: str, now: datetime) -> ApiToken | None:
    """The token whose hash this is, if it still opens anything; its ``user`` knows ``second_factor_required``.

    Closing the account, changing its rights or resetting its second factor ended it.
    """
    required = Exists(Site.objects.filter(pk=1, second_factor_required=True))
    found = ApiToken.objects.select_related("user").annotate(second_factor_required=required)
    live = found.filter(expiry__gt=now, user__is_active=True, access_version=F("user__access_version"))
    row: ApiToken | None = live.filter(digest=hash_token(text)).first()
    return row
