"""Django's admin, for the administrator alone: accounts, and the rows behind the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from planning.access import May, allowed
from planning.models import (
    Equipment,
    Intervention,
    JournalEntry,
    Plan,
    PlanningRun,
    Room,
    Site,
    Specialty,
    Surgeon,
    User,
)

if not TYPE_CHECKING:
    # ModelAdmin is generic for the type checker only.
    admin.ModelAdmin.__class_getitem__ = classmethod(lambda cls, _model: cls)


def is_administrator(request: HttpRequest) -> bool:
    """The role decides, not Django's own staff flag, so that rights live in one table."""
    return allowed(request.user, May.ADMINISTER)


admin.site.has_permission = is_administrator  # type: ignore[method-assign]  # its documented hook
admin.site.site_header = _("Administration de Bloc")
admin.site.site_title = "Bloc"
admin.site.index_title = _("Comptes et données")


class AdministratorOnly(admin.ModelAdmin[User]):
    """The administrator may do everything here without Django's row permissions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_administrator(request)


class ReadOnly(AdministratorOnly):
    """What is decided or written once: looked at, never edited behind the pages' back."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(User)
class AccountAdmin(ReadOnly, UserAdmin[User]):
    """Invited, changed and closed on the page of accounts, which tells the journal."""

    list_display = ("username", "last_name", "first_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personne"), {"fields": ("first_name", "last_name", "email")}),
        (_("Droits"), {"fields": ("role", "is_active")}),
    )
    filter_horizontal = ()


@admin.register(Equipment)
class EquipmentAdmin(AdministratorOnly):
    pass


@admin.register(Room, Specialty, Surgeon, Site)
class ReferenceAdmin(ReadOnly):
    """Edited on their own pages, which tell the journal."""


@admin.register(Intervention)
class InterventionAdmin(ReadOnly):
    list_display = ("code", "procedure_label", "surgeon", "state", "deadline_date")
    list_filter = ("state", "priority", "specialty")
    list_select_related = ("surgeon",)
    search_fields = ("code", "procedure_label", "surgeon__last_name")

    def get_queryset(self, request: HttpRequest) -> Any:
        return Intervention.objects.submitted()


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = ("monday", "number", "status", "policy", "total_cost", "created_at", "created_by")
    list_filter = ("status",)
    list_select_related = ("created_by",)


@admin.register(PlanningRun)
class PlanningRunAdmin(ReadOnly):
    list_display = ("monday", "state", "policy", "requested_by", "requested_at", "attempts", "failure")
    list_filter = ("state",)
    list_select_related = ("requested_by",)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    list_display = ("at", "user", "action", "monday", "reason")
    list_filter = ("action",)
    list_select_related = ("user",)
