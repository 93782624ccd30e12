"""What files call the fields, in French, English and Dutch: plain (no case, accent or punctuation), by target."""

from __future__ import annotations

_INTERVENTIONS = {
    "reference": "reference, ref, id, identifiant, encounter id, case id, operatienummer, numero, nr, n",
    "patient_code": "patient, code patient, code du patient, patient id, patientnummer, ipp, mrn, patient code",
    "procedure_label": (
        "acte, libelle, libelle de l acte, intervention, procedure, cpt description, description, operatietype, "
        "verrichting, ingreep, operation, type d intervention, procedure description"
    ),
    "procedure_code": "code acte, code de l acte, ccam, code ccam, cpt code, cpt, procedure code, zorgcode",
    "surgeon": "chirurgien, operateur, surgeon, chirurg, operator, medecin, praticien",
    "specialty": "specialite, service, specialty, speciality, specialisme, discipline, department",
    "planned_minutes": (
        "duree prevue, duree, duree estimee, duree prevue minutes, minutes prevues, booked time min, booked time, "
        "planned duration, planned minutes, geplande operatieduur, geplande duur, scheduled duration"
    ),
    "equipment": "equipement, equipements, materiel, equipment, apparatuur",
    "admission_date": (
        "date d hospitalisation, date hospitalisation, hospitalisation, admission, date d admission, date admission, "
        "admission date, date d entree, opnamedatum, opname"
    ),
    "deadline_date": "date limite, echeance, limite, deadline, deadline date, due date, uiterste datum",
    "priority": "priorite, urgence, priority, urgency, casustype, prioriteit, case type, caractere",
    "side": "cote, lateralite, side, laterality, kant, zijde",
    "anaesthesia": "anesthesie, type d anesthesie, anaesthesia, anesthesia, anesthesia type, anaesthesia type",
    "ambulatory": "ambulatoire, ambu, ambulatory, outpatient, day case, dagbehandeling, dagopname",
    "child": "enfant, pediatrie, pediatrique, child, paediatric, pediatric, kind",
    "septic": "septique, infecte, isolement, septic, infected, besmet",
    "recovery_minutes": (
        "sspi, duree sspi, sejour sspi, salle de reveil, duree de reveil, reveil, recovery, recovery minutes, pacu, "
        "pacu minutes, verkoever"
    ),
    "notes": "notes, note, remarque, remarques, commentaire, comment, opmerking",
    "room": "salle, salle d operation, bloc, room, or suite, operating room, or, ok, operatiekamer, theatre",
    "operated_on": (
        "date d intervention, date d operation, date operation, date intervention, date, surgery date, "
        "operatiedatum, datum"
    ),
    "entered_at": "entree en salle, entree salle, heure d entree, wheels in, room in, in room, patient in, aankomst ok",
    "left_at": (
        "sortie de salle, sortie salle, heure de sortie, wheels out, room out, out of room, patient out, vertrek ok"
    ),
}
_ROOMS = {
    "code": "code, salle, code de la salle, room, room code, or suite, ok, kamer",
    "name": "nom, libelle, nom de la salle, name, naam, description",
    "opens": "ouverture, heure d ouverture, ouvre a, debut, opens, opening, start, open, begin",
    "closes": "fermeture, heure de fermeture, ferme a, fin, closes, closing, end, sluit, einde",
    "equipment": "equipement, equipements, materiel, equipment, apparatuur",
}
_SURGEONS = {
    "code": "code, identifiant, id, matricule, rpps, surgeon id, code du chirurgien",
    "trigram": "trigramme, initiales, trigram, initials, initialen",
    "last_name": "nom, nom de famille, chirurgien, last name, name, surname, surgeon, chirurg, achternaam, naam",
    "first_name": "prenom, first name, given name, voornaam",
    "specialty": "specialite, service, specialty, speciality, specialisme, discipline, department",
    "daily_minutes": "duree maximale, minutes par jour, maximum par jour, daily maximum, daily minutes, max minuten",
}
_SLOTS = {
    "day": "date, jour, day, datum, dag",
    "room": "salle, salle d operation, room, or suite, operating room, ok, kamer",
    "start": "debut, heure de debut, de, start, from, begin, van",
    "end": "fin, heure de fin, a, end, to, until, einde, tot",
    "kind": "nature, type, kind, heures, soort",
    "specialty": "specialite, service, specialty, speciality, specialisme, discipline",
    "surgeon": "chirurgien, operateur, surgeon, chirurg",
    "positions": "interventions au plus, places, positions, capacity, plaatsen",
}


def _split(fields: dict[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split(", ")) for name, words in fields.items()}


WORDS = {
    "interventions": _split(_INTERVENTIONS),
    "rooms": _split(_ROOMS),
    "surgeons": _split(_SURGEONS),
    "slots": _split(_SLOTS),
}
