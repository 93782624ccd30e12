"""The English catalogue says what the French says, with the same facts in it."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

FACT = re.compile(r"%\(\w+\)[sd]|%[sd%]")
FRENCH = re.compile(r"[«»éèêàçùœ]| [:;?!](?!\S)")


def catalogue(domain: str) -> polib.POFile:
    return polib.pofile(str(Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / f"{domain}.po"))


def pairs(domain: str) -> list[tuple[str, str]]:
    """Each sentence with its translation; a plural gives its two."""
    found = []
    for entry in catalogue(domain):
        if entry.msgid_plural:
            found += [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]
        else:
            found.append((entry.msgid, entry.msgstr))
    return found


@pytest.mark.parametrize("domain", ["django", "djangojs"])
class TestTheEnglishCatalogue:
    def test_translates_everything_it_holds(self, domain: str) -> None:
        assert [entry.msgid for entry in catalogue(domain) if not entry.translated()] == []

    def test_keeps_the_facts_of_each_sentence(self, domain: str) -> None:
        changed = [
            (said, text) for said, text in pairs(domain) if sorted(FACT.findall(said)) != sorted(FACT.findall(text))
        ]
        assert changed == []

    def test_holds_neither_french_quotes_nor_accents_nor_spaces_before_a_colon(self, domain: str) -> None:
        assert [text for _, text in pairs(domain) if FRENCH.search(text)] == []
