"""The addresses of one's own account: django-allauth's views, those of them that this house uses."""

from __future__ import annotations

from allauth.account import views
from django.urls import URLPattern, URLResolver, include, path, re_path

urlpatterns: list[URLPattern | URLResolver] = [
    path("connexion/", views.login, name="account_login"),
    path("deconnexion/", views.logout, name="account_logout"),
    path("compte/inactif/", views.account_inactive, name="account_inactive"),
    path("compte/inscription/", views.signup, name="account_signup"),  # closed: it says that accounts are by invitation
    path("compte/confirmer/", views.reauthenticate, name="account_reauthenticate"),
    path("compte/mot-de-passe/", views.password_change, name="account_change_password"),
    path("compte/mot-de-passe/choisir/", views.password_set, name="account_set_password"),
    path("mot-de-passe-oublie/", views.password_reset, name="account_reset_password"),
    path("mot-de-passe-oublie/envoye/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe-oublie/cle/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe-oublie/change/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
    path("compte/securite/", include("allauth.mfa.urls")),
    path("compte/sso/", include("allauth.socialaccount.urls")),
    path("compte/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
