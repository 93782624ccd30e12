"""What the demonstration hospital is made of. Names are invented; procedures carry codes in the form of the CCAM."""

from __future__ import annotations

from dataclasses import dataclass

EQUIPMENT = {
    "flux": "Flux laminaire",
    "ampli": "Amplificateur de brillance",
    "table-ortho": "Table orthopédique",
    "coelio": "Colonne de cœlioscopie",
    "microscope": "Microscope opératoire",
    "robot": "Robot chirurgical",
}

# The C-arms go from room to room; the rest stands where it is.
SHARED_UNITS = {"ampli": 2}

ROOMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "SO1": ("Salle 1, orthopédie", ("flux", "ampli", "table-ortho")),
    "SO2": ("Salle 2, viscéral", ("coelio", "ampli")),
    "SO3": ("Salle 3, microchirurgie", ("microscope", "coelio")),
    "SO4": ("Salle 4, vasculaire", ("ampli", "coelio")),
    "SO5": ("Salle 5, robot", ("robot", "coelio")),
    "SO6": ("Salle 6, ambulatoire", ("microscope",)),
}

SPECIALTIES = {
    "ORT": "Orthopédie",
    "DIG": "Chirurgie digestive",
    "GYN": "Gynécologie",
    "URO": "Urologie",
    "ORL": "ORL",
    "OPH": "Ophtalmologie",
    "VAS": "Chirurgie vasculaire",
    "NCH": "Neurochirurgie",
    "STO": "Stomatologie",
}
# Whose empty slots are given away, so many days ahead, and to whom; None: to everyone.
RELEASES: dict[str, tuple[int, str | None]] = {"NCH": (5, None), "STO": (7, "ORL")}


@dataclass(frozen=True, slots=True)
class SurgeonCard:
    trigram: str
    last_name: str
    first_name: str
    specialty: str
    daily_minutes: int = 480


SURGEONS = (
    SurgeonCard("MAR", "Martin", "Hélène", "ORT", 540),
    SurgeonCard("LEF", "Lefèvre", "Antoine", "ORT"),
    SurgeonCard("NGU", "Nguyen", "Minh", "ORT"),
    SurgeonCard("GAR", "Garnier", "Sophie", "ORT"),
    SurgeonCard("MOR", "Moreau", "Philippe", "DIG", 540),
    SurgeonCard("BEN", "Benali", "Karim", "DIG", 540),
    SurgeonCard("FON", "Fontaine", "Claire", "DIG"),
    SurgeonCard("ROU", "Rousseau", "Isabelle", "GYN"),
    SurgeonCard("DIA", "Diallo", "Aminata", "GYN"),
    SurgeonCard("PER", "Perrin", "Laurent", "GYN", 420),
    SurgeonCard("GIR", "Girard", "Vincent", "URO"),
    SurgeonCard("MCD", "Marchand", "Nicolas", "URO"),
    SurgeonCard("COS", "Costa", "Rui", "URO", 420),
    SurgeonCard("CHE", "Chevalier", "Anne", "ORL"),
    SurgeonCard("HAD", "Haddad", "Samir", "ORL"),
    SurgeonCard("ROY", "Roy", "Camille", "OPH", 420),
    SurgeonCard("LEC", "Leclerc", "Julie", "OPH", 420),
    SurgeonCard("DSI", "Da Silva", "Paulo", "OPH", 360),
    SurgeonCard("BAR", "Barbier", "Thomas", "VAS"),
    SurgeonCard("MEU", "Meunier", "Pascale", "VAS"),
    SurgeonCard("KON", "Koné", "Ibrahim", "VAS"),
    SurgeonCard("SCH", "Schmitt", "Georges", "NCH", 540),
    SurgeonCard("AUB", "Aubert", "Marie", "NCH"),
    SurgeonCard("REN", "Renaud", "Julien", "STO", 360),
    SurgeonCard("VID", "Vidal", "Elena", "STO", 360),
)


@dataclass(frozen=True, slots=True)
class Procedure:
    """``minutes`` only ranks the procedures of a specialty: ``draws.py`` scales them to the specialty's mean."""

    code: str
    label: str
    minutes: int
    equipment: tuple[str, ...] = ()
    ambulatory: float = 0.0
    weight: int = 2
    child: float = 0.0
    septic: float = 0.0


PROCEDURES: dict[str, tuple[Procedure, ...]] = {
    "ORT": (
        Procedure("NEKA020", "Prothèse totale de hanche", 120, ("flux",), 0, 4),
        Procedure("NFKA007", "Prothèse totale de genou", 115, ("flux",), 0, 4),
        Procedure("NFMC003", "Ligamentoplastie du croisé antérieur", 90, (), 0.7, 3),
        Procedure("MJEC001", "Réparation de la coiffe des rotateurs", 95, (), 0.5, 2),
        Procedure("NFFC003", "Méniscectomie sous arthroscopie", 45, (), 1, 4),
        Procedure("NDPA002", "Correction d’hallux valgus", 60, (), 1, 2),
        Procedure("MCCA005", "Ostéosynthèse du poignet", 70, ("ampli",), 0.4, 3),
        Procedure("NBCA005", "Clou gamma du fémur proximal", 85, ("ampli", "table-ortho"), 0, 2),
        Procedure("AHPA009", "Libération du canal carpien", 30, (), 1, 3),
        Procedure("NEKA004", "Reprise de prothèse de hanche", 210, ("flux",), 0, 1, septic=0.4),
    ),
    "DIG": (
        Procedure("HMFC004", "Cholécystectomie par cœlioscopie", 80, ("coelio",), 0.4, 5),
        Procedure("LMMC002", "Cure de hernie inguinale", 65, ("coelio",), 0.9, 4),
        Procedure("HHFA006", "Colectomie droite", 170, ("coelio",), 0, 2),
        Procedure("HHFA010", "Sigmoïdectomie", 185, ("coelio",), 0, 2, septic=0.15),
        Procedure("HFCC003", "Bypass gastrique", 140, ("coelio",), 0, 2),
        Procedure("LMMA006", "Cure d’éventration", 105, (), 0, 2),
        Procedure("HHFA011", "Appendicectomie", 60, ("coelio",), 0, 2, child=0.3, septic=0.4),
        Procedure("HNFA007", "Duodéno-pancréatectomie", 330, (), 0, 1),
    ),
    "GYN": (
        Procedure("JKFC003", "Hystérectomie par cœlioscopie", 125, ("coelio",), 0, 3),
        Procedure("JKFE001", "Hystéroscopie opératoire", 40, (), 1, 4),
        Procedure("JKFC005", "Myomectomie", 105, ("coelio",), 0, 2),
        Procedure("JJFC008", "Kystectomie ovarienne", 70, ("coelio",), 0.6, 3),
        Procedure("QEFA017", "Tumorectomie du sein et ganglion sentinelle", 95, (), 0.4, 3),
        Procedure("JFFC002", "Exérèse d’endométriose profonde", 170, ("coelio",), 0, 1),
    ),
    "URO": (
        Procedure("JGFE023", "Résection endoscopique de prostate", 80, (), 0, 3),
        Procedure("JDFE002", "Résection endoscopique de vessie", 55, (), 0.3, 4, septic=0.05),
        Procedure("JCNE001", "Urétéroscopie laser", 70, (), 0.8, 4),
        Procedure("JGFC001", "Prostatectomie assistée par robot", 200, ("robot",), 0, 2),
        Procedure("JAFC006", "Néphrectomie partielle assistée par robot", 180, ("robot",), 0, 1),
        Procedure("JHMA001", "Circoncision", 30, (), 1, 2, child=0.8),
    ),
    "ORL": (
        Procedure("KCFA005", "Thyroïdectomie totale", 120, (), 0, 3),
        Procedure("FAFA001", "Amygdalectomie", 45, (), 0.8, 3, child=0.8),
        Procedure("GCQE001", "Chirurgie endoscopique des sinus", 90, (), 0.5, 3),
        Procedure("CBMA001", "Tympanoplastie", 110, ("microscope",), 0.3, 2, child=0.2),
        Procedure("HCFA009", "Parotidectomie", 160, ("microscope",), 0, 1),
        Procedure("GAMA005", "Septoplastie", 60, (), 0.7, 2),
    ),
    "OPH": (
        Procedure("BFGA004", "Cataracte par phacoémulsification", 35, ("microscope",), 1, 6),
        Procedure("BGFA001", "Vitrectomie", 80, ("microscope",), 0.6, 2),
        Procedure("BEFA008", "Trabéculectomie", 60, ("microscope",), 0.6, 2),
        Procedure("BGRA001", "Décollement de rétine", 100, ("microscope",), 0, 1),
    ),
    "VAS": (
        Procedure("EJSA003", "Traitement endoveineux de varices", 60, (), 1, 4),
        Procedure("EBFA002", "Endartériectomie carotidienne", 120, (), 0, 2),
        Procedure("EZMA001", "Fistule artério-veineuse", 75, (), 0.6, 3),
        Procedure("EECA001", "Pontage fémoro-poplité", 200, ("ampli",), 0, 2),
        Procedure("DGLF001", "Endoprothèse aortique", 165, ("ampli",), 0, 1),
    ),
    "NCH": (
        Procedure("LFFA002", "Hernie discale lombaire", 80, ("microscope",), 0, 4),
        Procedure("LFAA002", "Libération d’un canal lombaire étroit", 120, ("microscope",), 0, 3),
        Procedure("ABCB001", "Dérivation ventriculaire", 75, (), 0, 1),
        Procedure("LDCA010", "Arthrodèse cervicale", 125, ("microscope",), 0, 2),
        Procedure("ABFA008", "Exérèse de méningiome", 260, ("microscope",), 0, 1),
    ),
    "STO": (
        Procedure("HBGD038", "Avulsion de dents de sagesse", 45, (), 1, 5),
        Procedure("LBFA002", "Exérèse de kyste maxillaire", 60, (), 0.7, 2),
        Procedure("LBCA002", "Ostéosynthèse de mandibule", 110, (), 0, 1),
        Procedure("LBPA001", "Ostéotomie bimaxillaire", 220, (), 0, 1),
    ),
}


@dataclass(frozen=True, slots=True)
class SlotCard:
    """A slot of the weekly pattern; no specialty: open to all. A surgeon's own slot names the specialty too."""

    weekday: int
    room: str
    start: int
    end: int
    specialty: str | None = None
    surgeon: str | None = None
    overtime: bool = False


_HALVES = {"M": (480, 780), "A": (780, 1080), "J": (480, 1080)}
# One line a weekday: room, morning (M), afternoon (A) or whole day (J), owner, and the surgeon who owns it alone.
_WEEK = (
    "SO1 J ORT, SO2 J DIG, SO3 M OPH, SO3 A ORL, SO4 M VAS, SO5 J URO, SO6 M STO",
    "SO1 J ORT, SO2 J DIG, SO3 M NCH SCH, SO4 J DIG FON, SO5 J GYN, SO6 M ORL",
    "SO1 J ORT MAR, SO2 J DIG, SO3 M OPH, SO4 M VAS, SO4 A, SO5 M URO GIR, SO6 M ORL HAD",
    "SO1 J ORT, SO2 J DIG BEN, SO3 M NCH, SO4 A VAS, SO5 J GYN, SO6 M OPH ROY, SO6 A ORL",
    "SO1 M ORT, SO2 M GYN ROU, SO3 M ORL, SO4 M, SO5 M URO",
)


def weekly_slots() -> tuple[SlotCard, ...]:
    """The pattern, with two hours of overtime after each afternoon, for the same owner."""
    cards: list[SlotCard] = []
    for weekday, line in enumerate(_WEEK):
        for entry in line.split(", "):
            room, half, *owner = entry.split()
            specialty, surgeon = [*owner, None, None][:2]
            start, end = _HALVES[half]
            cards.append(SlotCard(weekday, room, start, end, specialty, surgeon))
            if end == 1080:
                cards.append(SlotCard(weekday, room, 1080, 1200, specialty, surgeon, overtime=True))
    return tuple(cards)
