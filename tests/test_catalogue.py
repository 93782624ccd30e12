"""The English catalogue says what the French says, with the same facts in it."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import polib
import pytest
from django.conf import settings

from planning.management.commands.compile_po import plurals_of

FACT = re.compile(r"%\(\w+\)[sd]|%[sd%]")
FRENCH = re.compile(r"[«»éèêàçùœ]| [:;?!](?!\S)")


def catalogue(domain: str) -> polib.POFile:
    return polib.pofile(str(Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / f"{domain}.po"))


def pairs(domain: str) -> list[tuple[str, str]]:
    """Each sentence with its translation; a plural gives its two."""
    found = []
    for entry in catalogue(domain):
        if entry.msgid_plural:
            said = {0: entry.msgid, 1: entry.msgid_plural}
            found += [(said[number], text) for number, text in entry.msgstr_plural.items()]
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


def test_nothing_is_singular_in_french() -> None:
    french = GNUTranslations(BytesIO(plurals_of(catalogue("django")).to_binary()))
    for number, said in ((0, "0 ligne reprise."), (1, "1 ligne reprise."), (2, "2 lignes reprises.")):
        assert french.ngettext("%(n)d ligne reprise.", "%(n)d lignes reprises.", number) % {"n": number} == said
