"""The addresses of the pages. Each view says who may open it with ``@require`` (planning/access.py)."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, path

import planning.converters  # noqa: F401  # registers the <week:…> part
from planning.web.views import (
    home,
    imports,
    interventions,
    journal,
    master_plans,
    rooms,
    settings,
    specialties,
    surgeons,
    week,
    week_slots,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("semaines/<week:week>/", week.week, name="week"),
    path("connexion/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("deconnexion/", LogoutView.as_view(), name="logout"),
    path("journal/", journal.journal_current, name="journal-current"),
    path("semaines/<week:week>/journal/", journal.journal, name="journal"),
    path("semaines/<week:week>/plages/", week_slots.week_slots, name="week-slots"),
    path("semaines/<week:week>/plages/nouvelle/", week_slots.week_slot_create, name="week-slot-create"),
    path("semaines/<week:week>/plages/<int:pk>/", week_slots.week_slot_edit, name="week-slot-edit"),
    path("semaines/<week:week>/plages/<int:pk>/retirer/", week_slots.week_slot_delete, name="week-slot-delete"),
    path("semaines/<week:week>/plages/ecrire/", week_slots.week_slots_generate, name="week-slots-generate"),
    path("semaines/<week:week>/plages/rendre/", week_slots.week_slots_restore, name="week-slots-restore"),
    path("salles/", rooms.room_list, name="rooms"),
    path("salles/nouvelle/", rooms.room_create, name="room-create"),
    path("salles/<int:pk>/", rooms.room_edit, name="room-edit"),
    path("salles/<int:pk>/fermer/", rooms.room_close, name="room-close"),
    path("salles/<int:pk>/fermetures/<int:closure>/retirer/", rooms.room_reopen, name="room-reopen"),
    path("specialites/", specialties.specialty_list, name="specialties"),
    path("specialites/nouvelle/", specialties.specialty_create, name="specialty-create"),
    path("specialites/<int:pk>/", specialties.specialty_edit, name="specialty-edit"),
    path("specialites/<int:pk>/retirer/", specialties.specialty_delete, name="specialty-delete"),
    path("chirurgiens/", surgeons.surgeon_list, name="surgeons"),
    path("chirurgiens/nouveau/", surgeons.surgeon_create, name="surgeon-create"),
    path("chirurgiens/<int:pk>/", surgeons.surgeon_edit, name="surgeon-edit"),
    path("chirurgiens/<int:pk>/absences/", surgeons.surgeon_absence, name="surgeon-absence"),
    path(
        "chirurgiens/<int:pk>/absences/<int:absence>/retirer/",
        surgeons.surgeon_absence_remove,
        name="surgeon-absence-remove",
    ),
    path("plan-directeur/", master_plans.master_plan_list, name="master-plans"),
    path("plan-directeur/nouveau/", master_plans.master_plan_create, name="master-plan-create"),
    path("plan-directeur/<int:pk>/", master_plans.master_plan, name="master-plan"),
    path("plan-directeur/<int:pk>/modifier/", master_plans.master_plan_edit, name="master-plan-edit"),
    path("plan-directeur/<int:pk>/appliquer/", master_plans.master_plan_apply, name="master-plan-apply"),
    path("plan-directeur/<int:pk>/plages/nouvelle/", master_plans.pattern_create, name="pattern-create"),
    path("plan-directeur/<int:pk>/plages/<int:pattern>/", master_plans.pattern_edit, name="pattern-edit"),
    path("plan-directeur/<int:pk>/plages/<int:pattern>/retirer/", master_plans.pattern_delete, name="pattern-delete"),
    path("interventions/", interventions.intervention_list, name="interventions"),
    path("interventions/nouvelle/", interventions.intervention_create, name="intervention-create"),
    path("interventions/<int:pk>/", interventions.intervention_edit, name="intervention-edit"),
    path("interventions/<int:pk>/accepter/", interventions.intervention_accept, name="intervention-accept"),
    path("interventions/<int:pk>/annuler/", interventions.intervention_cancel, name="intervention-cancel"),
    path("imports/", imports.import_upload, name="imports"),
    path("imports/<str:token>/colonnes/", imports.import_columns, name="import-columns"),
    path("imports/<str:token>/apercu/", imports.import_preview, name="import-preview"),
    path("imports/<str:token>/abandonner/", imports.import_abandon, name="import-abandon"),
    path("parametres/", settings.settings, name="settings"),
]
