"""The e-mail that invites: a link that serves once to choose a password."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from planning.exchange.notice_mail import subject
from planning.models import Site, User

logger = logging.getLogger(__name__)
INVITATION = "planning/accounts/invitation.txt"


def send_invitation(request: HttpRequest, account: User) -> bool:
    """Whether it left: a mail server that is away loses nothing, the invitation can be sent again."""
    kwargs = {"uidb36": user_pk_to_url_str(account), "key": default_token_generator.make_token(account)}
    values = {
        "account": account,
        "site": Site.objects.filter(pk=1).first(),
        "link": request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=kwargs)),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    # In the language of who is invited, whatever that of who invites.
    with override(account.language):
        title, text = subject(_("votre compte vous attend")), render_to_string(INVITATION, values)
    try:
        send_mail(title, text, None, [account.email])
    except (OSError, SMTPException):
        logger.exception("the invitation of account %s did not leave", account.pk)
        return False
    return True
