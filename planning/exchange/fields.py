"""What a target of an import is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a development dependency
    from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    TEXT = "text"
    MINUTES = "minutes"
    NUMBER = "number"
    DATE = "date"
    # A date and time, or a time of the day that another column dates.
    MOMENT = "moment"
    # A date, or a number of days after another: +30.
    DELAY = "delay"
    CLOCK = "clock"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """``choices`` maps the beginnings of a cell, plain, to the value stored.

    ``names`` is what the cell names: a surgeon, a specialty, a room or equipment.
    """

    name: str
    label: StrOrPromise
    kind: Kind = Kind.TEXT
    required: bool = False
    help: StrOrPromise = ""
    choices: tuple[tuple[str, str], ...] = ()
    names: str = ""
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    label: StrOrPromise
    fields: tuple[Field, ...]
    # The field that gives the day of a line, for "only from … to …"; none: the target has no days.
    day: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)
