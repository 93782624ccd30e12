"""One well-formed body of each operation that takes one, and one answer of each, for the description.

Rows are numbered, times are minutes after midnight. tests/api/test_examples.py checks each against its schema.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATES = {"starts_on": "2026-12-24", "ends_on": "2026-12-26"}
_DROP = {"intervention": 12, "room": 1, "date": "2026-11-24", "start": 510}
_SLOT = {"date": "2026-11-26", "room": 1, "start_minute": 480, "end_minute": 1080, "specialty": 2, "positions": 6}
_SURGEON = {
    "code": "S14", "trigram": "LEF", "last_name": "Lefèvre", "first_name": "Anne", "specialty": 2,
    "daily_maximum_minutes": 480, "hours": [{"weekday": 0, "start_minute": 480, "end_minute": 1080}],
}  # fmt: skip
_INTERVENTION = {
    "code": "I26-00042", "patient_code": "P-5521", "procedure_label": "Prothèse totale de hanche", "surgeon": 3,
    "planned_minutes": 120, "admission_date": "2026-11-24", "deadline_date": "2026-12-11", "equipment": [2],
    "priority": "elective",
}  # fmt: skip
_REQUEST = {
    "patient_code": "P-5521",
    "procedure_label": "Prothèse totale de hanche",
    "planned_minutes": 120,
    "side": "right",
    "admission_date": "2026-11-24",
    "deadline_date": "2026-12-11",
    "equipment": [2],
}
_ROOM = {"code": "SO5", "name": "Salle hybride", "opens_minute": 480, "closes_minute": 1200, "equipment": [2]}

_ACCOUNT = {"last_name": "Lefèvre", "first_name": "Anne", "email": "anne.lefevre@example.org", "role": "planner"}
_EQUIPMENT = {"code": "laser", "name": "Laser", "units": 2, "rooms": [1, 3]}

_FILE = {
    "target": "interventions",
    "file": "demandes.csv",
    "mapping": '{"columns": {"code": "Code", "procedure_label": "Acte"}, "order": "dmy"}',
}
REQUESTS: dict[str, dict[str, Any]] = {
    "account_close": {"version": 3, "reason": "Départ"},
    "account_edit": {"role": "viewer"},
    "account_invite": _ACCOUNT,
    "account_reopen": {"version": 4},
    "account_resend": {"version": 0},
    "account_reset_factor": {"version": 3, "reason": "Téléphone perdu"},
    "comparison_request": {"first": "2026-09-28", "last": "2026-11-16", "policies": ["open", "specialty"]},
    "comparison_weights": {"weights": {"occupancy": 3}},
    "equipment_create": _EQUIPMENT,
    "equipment_edit": {"units": 3},
    "inbox_accept": {"interventions": [12], "minutes": 135},
    "inbox_done": {"interventions": [12, 14]},
    "inbox_read": {"until": "2026-11-22T09:14:00+01:00"},
    "inbox_return": {"interventions": [12, 14], "reason": "De quel côté ?"},
    "inbox_undo": {"entries": [812]},
    "intervention_answer_change": {"accept": False, "answer": "Deux patients à rappeler pour vingt minutes"},
    "intervention_create": _INTERVENTION,
    "intervention_follow_up": {"responsible": 2, "day": "2026-12-01", "note": "", "seen": None},
    "intervention_merge": {"kept": 11},
    "intervention_plan_again": {"reason": "Pas de lit"},
    "intervention_refuse": {"reason": "Opérée ailleurs", "shown_as": "requested"},
    "intervention_edit": {"planned_minutes": 135, "reason": "Durée revue avec le chirurgien"},
    "own_change_ask": {"kind": "duration", "minutes": 150, "reason": "Reprise plus longue que prévu"},
    "intervention_cancel": {"reason": "Le patient a de la fièvre"},
    "master_plan_create": {"name": "Plan 2027", "valid_from": "2027-01-04", "cycle_weeks": 2},
    "master_plan_from_activity": {
        "name": "Plan 2027", "valid_from": "2027-01-04", "first": "2026-05-25", "last": "2026-11-22", "cycle_weeks": 2,
        "most_changes": 12,
    },
    "master_plan_edit": {"valid_until": "2027-12-26"},
    "master_plan_apply": {"first": "2027-01-04", "weeks": 8},
    "master_plan_lift": {"slot": 31, "owner": "surgeon:3", "week": 1, "minutes": 300, "step": 60},
    "master_plan_pin": {"slot": 31, "pinned": True, "revision": 4},
    "master_plan_place": {
        "slot": 31, "owner": "surgeon:3", "week": 1, "weekday": 2, "room": 1, "start": 480, "end": 780, "revision": 4,
    },
    "master_plan_propose": {"revision": 4, "most_changes": 10},
    "master_plan_remove": {"slot": 31, "revision": 4},
    "master_plan_redo": {"revision": 6},
    "master_plan_undo": {"revision": 5},
    "master_plan_validate": {"start": "2027-01-04", "previous": 1, "advice": "Avis favorable.", "revision": 5},
    "parameters_edit": {"hospital_day_euros": 310, "reason": "Tarif 2027"},
    "pattern_create": {"weekday": 2, "room": 1, "start_minute": 480, "end_minute": 1080, "specialty": 2},
    "pattern_edit": {"end_minute": 1020},
    "own_absence_declare": {**_DATES, "reason": "Congrès", "confirmed": True},
    "own_preferences_save": {"wishes": [{"weekday": 1, "half": "morning", "wish": "preferred"}]},
    "plan_approve": {"revision": 17},
    "plan_lift": {"intervention": 12},
    "plan_make_room": {"intervention": 12, "slot": 40, "revision": 17},
    "plan_move": {**_DROP, "revision": 17, "reason": "Le chirurgien opère seul ce jour-là"},
    "plan_pin": {"interventions": [12, 14], "pinned": True, "reason": "Confirmé au patient", "revision": 17},
    "plan_price": _DROP,
    "plan_redo": {"revision": 18},
    "plan_room_swap": {
        "room": 1, "date": "2026-11-24", "other_room": 2, "other_date": "2026-11-24", "revision": 17,
    },
    "plan_room_swap_price": {"room": 1, "date": "2026-11-24", "other_room": 2, "other_date": "2026-11-24"},
    "plan_swap": {"first": 12, "second": 14, "revision": 17},
    "plan_swap_partners": {"intervention": 12},
    "plan_swap_price": {"first": 12, "second": 14},
    "plan_take": {"proposal": 9, "interventions": None, "revision": 17},
    "plan_undo": {"revision": 17},
    "plan_unplan": {"interventions": [12], "revision": 17},
    "preferences_edit": {"language": "fr"},
    "release_rules_edit": {"rules": [{"specialty": 2, "days_ahead": 7, "substitute": None}]},
    "room_create": _ROOM,
    "room_edit": {"name": "Salle hybride"},
    "room_close": {**_DATES, "reason": "Maintenance"},
    "rules_edit": {"levels": {"deadline": "soft"}, "costs": {"deadline": 500}, "reason": "Essai d'un mois"},
    "request_create": _REQUEST,
    "request_duration": {"procedure_label": "Prothèse totale de hanche", "planned_minutes": 120},
    "request_edit": {"planned_minutes": 135},
    "request_places": {
        "planned_minutes": 120, "admission_date": "2026-11-24", "deadline_date": "2026-12-11", "equipment": [2],
    },
    "request_submit": {"answer": "À droite"},
    "run_cancel": {"keep_best": True},
    "second_factor_rule_edit": {"required": True},
    "sign_off_ask": {"revision": 17},
    "sign_off_give": {
        "kind": "anaesthetist", "surgeon": None, "decision": "signed", "seen": "5f1c0b2e9a", "comment": "",
    },
    "run_request": {"policy": "specialty", "time_limit": 20},
    "slot_create": _SLOT,
    "slot_edit": {"end_minute": 1020},
    "slot_release": {"substitute": 4},
    "specialty_create": {"code": "URO", "name": "Urologie", "colour": "uro"},
    "specialty_edit": {"name": "Urologie et andrologie"},
    "specialty_close": {"closed_on": "2027-01-04", "reason": "Transfert"},
    "surgeon_create": _SURGEON,
    "surgeon_edit": {"hours": [{"weekday": 3, "start_minute": 480, "end_minute": 780}]},
    "surgeon_absence": {**_DATES, "reason": "Congés"},
    "import_file": _FILE,
    "import_preview": _FILE,
}  # fmt: skip


@cache
def answers() -> dict[str, Any]:
    """What each operation answered once, by its name: recorded by the tests (tests/api/described.py), never by hand."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("answers.json").read_text())
    return found
