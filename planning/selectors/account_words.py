"""Why an account cannot be changed, and the field at fault."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SAID = {
    "address-taken": _("Un autre compte a déjà cette adresse."),
    "surgeon-taken": _("Ce chirurgien a déjà un compte : rechargez la page."),
    "last-administrator": _("C'est le dernier compte d'administration : invitez-en un autre d'abord."),
    "own-account": _("Un autre administrateur doit le faire : il s'agit de votre propre compte."),
    "stale": _("Ce compte a changé depuis que vous l'avez ouvert. Voici ce qu'il est devenu."),
    "already": _("C'était déjà fait."),
    "opened": _("Ce compte a déjà servi : son mot de passe se change par « Mot de passe oublié »."),
    "no-factor": _("Ce compte n'a pas de second facteur."),
}
FIELDS = {"address-taken": "email", "surgeon-taken": "surgeon", "last-administrator": "role", "own-account": "role"}
