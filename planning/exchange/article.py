"""The article's Tables 1 to 6, as printed: Chaabane, Meskens, Guinet and Laurent, CHU de Tivoli."""

from __future__ import annotations

# Its plannings, by the policy here that plans the same way.
COLUMN_OF = {"open": "Planning3", "specialty-fcfs": "Planning1", "specialty": "Planning2"}


def _column(planning1: str, planning2: str, planning3: str) -> dict[str, str]:
    return {"Planning1": planning1, "Planning2": planning2, "Planning3": planning3}


# Rooms 1 to 6: mean ± standard deviation (maximum).
TABLE_1 = (
    _column("62% ± 5% (70%)", "48% ± 5% (54%)", "81% ± 17% (104%)"),
    _column("68% ± 8% (81%)", "62% ± 3% (67%)", "56% ± 13% (79%)"),
    _column("22% ± 13% (67%)", "30% ± 15% (81%)", "37% ± 9% (50%)"),
    _column("62% ± 7% (69%)", "62% ± 3% (67%)", "25% ± 8% (34%)"),
    _column("42% ± 12% (70%)", "34% ± 9% (46%)", "21% ± 6% (34%)"),
    _column("32% ± 7% (47%)", "23% ± 5% (31%)", "17% ± 5% (33%)"),
)
# Tables 2 to 5; "between" is the first column of its Table 6, the means and deviations between its rooms.
TABLES = {
    "overtime": _column("7 h 30 ± 2 h 36", "5 h 18 ± 3 h 24", "4 h 48 ± 3 h 24"),
    "rooms_overrunning": _column("2 ± 0.93", "1 ± 0", "1.3 ± 0.45"),
    "planned": _column("100% ± 0%", "93% ± 7%", "93% ± 2%"),
    "slot_fill": _column("80% ± 13%", "70% ± 16%", "76% ± 13%"),
    "between": _column("49% ± 19%", "43% ± 17%", "41% ± 25%"),
}
