"""The planning's rules as people know them: a name, what is checked, and what each level means for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from planning.solver.levels import Level

LEVEL_LABELS = {Level.HARD: _("Stricte"), Level.SOFT: _("Souple"), Level.OFF: _("Désactivée")}

RULE_NAMES = {
    "hospitalised": _("Patient hospitalisé"),
    "deadline": _("Date limite"),
    "specialty_closed": _("Spécialité en service"),
    "slot_specialty": _("Plage d'une spécialité"),
    "slot_surgeon": _("Plage d'un chirurgien"),
    "longest_duration": _("Durée maximale dans la plage"),
    "positions": _("Nombre d'interventions par plage"),
    "slot_capacity": _("Minutes de la plage"),
    "surgeon_absent": _("Chirurgien présent"),
    "surgeon_day": _("Durée du chirurgien par jour"),
    "surgeon_hours": _("Heures du chirurgien"),
    "surgeon_wish": _("Souhaits du chirurgien"),
    "equipment": _("Équipements de la salle"),
    "outside_slot": _("Dans les heures de la plage"),
    "room_overlap": _("Une intervention à la fois par salle"),
    "surgeon_overlap": _("Un chirurgien dans une salle à la fois"),
    "recovery_full": _("Lit de réveil libre"),
    "equipment_in_use": _("Équipement partagé libre"),
    "septic_before_clean": _("Septique en dernier"),
    "child_late": _("Enfants en premier"),
    "ambulatory_late": _("Ambulatoire tôt"),
    "room_closed": _("Salle ouverte"),
    "no_slot": _("Une plage à cette heure"),
}

RULE_CHECKS = {
    "hospitalised": _("L'intervention a lieu au plus tôt le lendemain de l'hospitalisation."),
    "deadline": _("L'intervention a lieu au plus tard à sa date limite."),
    "specialty_closed": _("La spécialité de l'intervention n'est pas fermée ce jour-là."),
    "slot_specialty": _("Une plage réservée à une spécialité ne reçoit que ses interventions."),
    "slot_surgeon": _("Une plage réservée à un chirurgien ne reçoit que ses interventions."),
    "longest_duration": _("Aucune intervention ne dépasse la plus longue durée que la plage accepte."),
    "positions": _("La plage ne reçoit pas plus d'interventions que son maximum."),
    "slot_capacity": _("Les interventions et leurs remises en état tiennent dans la durée de la plage."),
    "surgeon_absent": _("Le chirurgien opère ce jour-là : ni absent, ni en repos."),
    "surgeon_day": _("Le temps opératoire du chirurgien ne dépasse pas son maximum du jour."),
    "surgeon_hours": _("L'intervention commence et finit dans les heures déclarées du chirurgien."),
    "surgeon_wish": _("L'intervention ne commence pas dans une demi-journée que le chirurgien souhaite éviter."),
    "equipment": _("La salle a tous les équipements que l'intervention demande."),
    "outside_slot": _("L'intervention commence et finit dans les heures de sa plage."),
    "room_overlap": _("La salle est libre et remise en état quand l'intervention commence."),
    "surgeon_overlap": _("Le chirurgien n'opère pas ailleurs en même temps."),
    "recovery_full": _("Un lit de salle de réveil attend le patient à sa sortie de salle."),
    "equipment_in_use": _("L'équipement que les salles se partagent n'est pas pris ailleurs en même temps."),
    "septic_before_clean": _("Une intervention septique passe après toutes les autres de sa salle."),
    "child_late": _("Un enfant n'attend pas derrière un adulte de la même plage."),
    "ambulatory_late": _("Un patient ambulatoire quitte la salle de réveil à temps pour rentrer le soir même."),
    "room_closed": _("La salle n'est pas fermée ce jour-là."),
    "no_slot": _("Une plage est ouverte dans cette salle à cette heure."),
}

# Why some rules have one level only.
WHY_HARD = {
    "slot_capacity": _("La salle ne contient pas plus d'heures que sa plage."),
    "surgeon_absent": _("Personne n'opère à sa place."),
    "equipment": _("Sans l'équipement, l'intervention ne peut avoir lieu."),
    "room_overlap": _("Deux patients n'occupent pas la même salle."),
    "surgeon_overlap": _("Un chirurgien n'est qu'à un endroit."),
    "room_closed": _("Personne ne travaille dans une salle fermée."),
}
