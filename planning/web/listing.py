"""What every list page shares: search, sort, pages. All in the address, so that a reload keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from planning.calendar import FIRST_DAY, LAST_DAY

PER_PAGE = 50
# A search beyond is no search: a database refuses a question too deep.
MOST_LETTERS, MOST_WORDS = 200, 20
# No row has a number of more digits.
MOST_DIGITS = 18


@dataclass(frozen=True)
class Listing:
    page: Page[Any]
    query: str
    # The sort in force: a key of the page's sorts, preceded by a minus when reversed.
    sort: str

    @property
    def total(self) -> int:
        return self.page.paginator.count


def make_listing(
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    search: Sequence[str],
    sorts: Mapping[str, Sequence[str]],
    default: str,
) -> Listing:
    """``rows`` narrowed to the words of ``?q=``, in the order ``?sort=`` names, cut to ``?page=``.

    Every word must be found in one of the ``search`` fields. An unknown sort or page falls back to the first.
    """
    query = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    for word in query.split()[:MOST_WORDS]:
        found = Q()
        for name in search:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    sort = request.GET.get("sort", default)
    if sort.removeprefix("-") not in sorts:
        sort = default
    fields = sorts[sort.removeprefix("-")]
    if sort.startswith("-"):
        fields = [name[1:] if name.startswith("-") else f"-{name}" for name in fields]
    page = Paginator(rows.order_by(*fields, "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return Listing(page, query, sort)


def asked_number(request: HttpRequest, name: str, given: Mapping[str, str] | None = None) -> int | None:
    """The whole number that ``?name=`` (or ``given``) asks for; None when it is none, or none that a row could have."""
    text = (request.GET if given is None else given).get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def asked_day(request: HttpRequest, name: str) -> date | None:
    """The day that ``?name=`` asks for; None when it is none, or none that a week could have."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
