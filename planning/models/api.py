"""What the API keeps: the tokens that open it, and what it answered to a request that may come twice."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from planning.models.people import User


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # django-rest-knox has no types
    """A token of one account: only its hash is kept. It ends with the account's rights as they were when it was made.

    ``access_version`` is the account's at that moment: any change an administrator makes ends the token.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    identifier = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nom"), max_length=60)
    access_version = models.PositiveIntegerField(default=0, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("jeton d'API")
        verbose_name_plural = _("jetons d'API")

    def __str__(self) -> str:
        return self.name


class IdempotentRequest(models.Model):
    """A creation asked with an ``Idempotency-Key``: the same request again is given the same answer."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # Of the method, the address and the body.
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)

    class Meta:
        verbose_name = _("requête gardée")
        verbose_name_plural = _("requêtes gardées")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_request_a_key")]

    def __str__(self) -> str:
        return self.key
