"""Who read which patient-linked data, as a file: the codes of the interventions, no patient's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from planning.exchange.spreadsheets import Value, csv_of
from planning.models import PatientRead
from planning.selectors.reads import lines

MOST_LINES = 20_000


def as_csv(reads: Iterable[PatientRead]) -> bytes:
    return csv_of(_lines(reads))


def _lines(reads: Iterable[PatientRead]) -> Iterator[Sequence[Value]]:
    yield ["at", "account", "source", "week", "interventions"]
    for line in lines(reads):
        read = line["read"]
        at = timezone.localtime(read.at).isoformat(timespec="seconds")
        yield [at, read.user.username, read.source, str(line["week"] or ""), " ".join(line["codes"])]
