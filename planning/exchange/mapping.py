"""Which column goes to which field: guessed from the header, corrected by hand, remembered for the next file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as AbstractMapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from planning.exchange.fields import Field, Target
from planning.exchange.header_words import WORDS
from planning.exchange.values import DateOrder, plain


@dataclass
class Mapping:
    """``constants`` fill what has no column and the cells that are empty. ``matches[kind][text]`` is an existing code.

    ``first_line``, ``last_line``, ``limit``, ``from_day`` and ``to_day`` keep a part of the file only.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    matches: dict[str, dict[str, str]] = field(default_factory=dict)
    order: DateOrder | None = None
    create_missing: bool = False
    skip_faulty: bool = False
    update_known: bool = False
    done: bool = False
    first_line: int | None = None
    last_line: int | None = None
    limit: int | None = None
    from_day: date | None = None
    to_day: date | None = None

    def to_json(self) -> dict[str, Any]:
        days = {"from_day": self.from_day, "to_day": self.to_day}
        return asdict(self) | {name: day.isoformat() if day else None for name, day in days.items()}

    @classmethod
    def from_json(cls, stored: AbstractMapping[str, Any]) -> Mapping:
        values = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
        for name in ("from_day", "to_day"):
            values[name] = date.fromisoformat(values[name]) if values.get(name) else None
        return cls(**values)

    def remembered(self) -> dict[str, Any]:
        """What the next file with the same header starts from: not the part of the file that was wanted."""
        kept = ("columns", "constants", "matches", "order", "create_missing", "done")
        return {name: value for name, value in self.to_json().items() if name in kept}


def header_digest(headers: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(plain(name) for name in headers).encode()).hexdigest()


def guess(target: Target, headers: tuple[str, ...]) -> dict[str, str]:
    """Field name to header: the surest pairs first, each column and each field once."""
    pairs = sorted(
        (
            (-likeness, rank, position, one.name, header)
            for rank, one in enumerate(target.fields)
            for position, header in enumerate(headers)
            if (likeness := _likeness(target, one, header)) > 0
        )
    )
    found: dict[str, str] = {}
    for _likely, _rank, _position, name, header in pairs:
        if name not in found and header not in found.values():
            found[name] = header
    return found


def _likeness(target: Target, one: Field, header: str) -> int:
    """1000 for the very words, else the length of the longest of them that the header contains."""
    bare, words = plain(header), WORDS[target.name][one.name]
    if bare in words or bare == plain(one.name):
        return 1000
    return max((len(word) for word in words if len(word) > 3 and f" {word} " in f" {bare} "), default=0)
