"""A comparison as Markdown: Tables 1 to 6, and the same beside the article's for docs/comparison.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from planning import wording
from planning.calendar import Week
from planning.exchange.article import COLUMN_OF, TABLE_1, TABLES
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import Report
from planning.selectors.policies import policy_label
from planning.solver.policies import POLICIES
from planning.solver.ranking import ARTICLE, CRITERIA, Reading

# What the page itself measures, by its default reading and by the article's likely one.
SLOTS, OPENING = Reading("regular", "slot"), Reading("opening", "owner")


def _weeks(found: Report) -> str:
    return f"{Week(found.comparison.first_monday)} to {Week(found.comparison.last_monday)}"


def tables(found: Report) -> Iterator[str]:
    """Tables 1 to 6, each with what it is counted over."""
    yield f"{len(found.mondays)} weeks, {_weeks(found)}, parameters {found.comparison.parameters}"
    yield from _titled("Table 1. Room occupancy", found, "Room")
    for room in found.rooms:
        yield _row(room, [_statistics(found, "occupancy", policy, room) for policy in found.policies])
    yield _row("Between rooms", [_between(found, policy) for policy in found.policies])
    yield f"\n{words.help_of('occupancy', found)}"
    for number, key in enumerate(ARTICLE[1:], start=2):
        yield from _titled(f"Table {number}. {words.LABELS[key]}", found, "")
        yield _row(str(words.UNITS[key]), [_statistics(found, key, policy) for policy in found.policies])
        yield f"\n{words.help_of(key, found)}"
    yield from _titled("Table 6. Summary", found, "Criterion")
    for key in CRITERIA:
        yield _row(str(words.LABELS[key]), [_statistics(found, key, policy) for policy in found.policies])
    yield f"\n{words.verdict(found)}"
    for line in words.leads(found):
        proven, done = found.proven(line["policy"])
        yield f"- {line['label']}: {line['text']}. Proven optimal: {proven} of {done} weeks."


def beside_the_article(slots: Report, opening: Report) -> Iterator[str]:
    """The same comparison by its two readings; the article's column follows the policy that it was made with."""
    asked = wording.number(slots.asked)
    settings = slots.comparison.parameters
    yield (
        f"{len(slots.mondays)} weeks, {Week(slots.mondays[0])} to {Week(slots.mondays[-1])}, {asked} interventions, "
        f"seed {settings['seed']}, {settings['rounds']} rounds, tie rule `{settings['tie_rule']}`. "
        "Mean ± standard deviation (maximum) a week; the article gives a maximum in its Table 1 only."
    )
    yield "\n**Table 1. Room occupancy**, over the opening hours:\n"
    yield from _head(opening, "Room")
    for number, room in enumerate(opening.rooms):
        article = TABLE_1[number] if number < len(TABLE_1) else {}
        yield _beside(
            room, opening, article, [_statistics(opening, "occupancy", one, room) for one in opening.policies]
        )
    yield _beside("between rooms", opening, TABLES["between"], [_between(opening, one) for one in opening.policies])
    yield "\nThe same over the regular hours of the slots offered, the page's default:\n"
    yield _row("Room", [f"`{policy}`" for policy in slots.policies])
    yield _row("---", ["---:"] * len(slots.policies))
    for room in slots.rooms:
        yield _row(room, [_statistics(slots, "occupancy", policy, room) for policy in slots.policies])
    yield _row("between rooms", [_between(slots, policy) for policy in slots.policies])
    yield "\n**Tables 2 to 5**:\n"
    yield from _head(opening, "")
    named = ("2. Overtime", "3. Rooms overrunning", "4. Share planned", "5. Slot fill, by owner")
    for name, key in zip(named, ARTICLE[1:], strict=True):
        yield _beside(name, opening, TABLES[key], [_statistics(opening, key, one) for one in opening.policies])
    yield _beside("5. Slot fill, by slot", slots, {}, [_statistics(slots, "slot_fill", one) for one in slots.policies])
    yield "\n**Table 6** repeats the above; these are ours alone:\n"
    yield _row("", [f"`{policy}`" for policy in slots.policies])
    yield _row("---", ["---:"] * len(slots.policies))
    for key in ("occupancy", "waiting", "several_rooms", "cost"):
        label = f"{words.LABELS[key]}, {words.UNITS[key]}"
        yield _row(label, [_statistics(slots, key, policy) for policy in slots.policies])
    yield _row("Weeks proven optimal", [_proven(slots, policy) for policy in slots.policies])
    yield f"\n{words.verdict(slots)}"
    yield from (f"- `{line['policy']}`: {line['text']}." for line in words.leads(slots))


def rewrite(path: Path, name: str, lines: Iterable[str]) -> None:
    """Put the lines between ``<!-- name -->`` and ``<!-- /name -->``. Raises ``ValueError`` without these marks."""
    text, (begin, end) = path.read_text(encoding="utf-8"), (f"<!-- {name} -->\n", f"<!-- /{name} -->\n")
    before, mark, rest = text.partition(begin)
    _, closing, after = rest.partition(end)
    if not (mark and closing):
        raise ValueError(f"{path}: the lines {begin.strip()} and {end.strip()} are needed")
    written = "\n".join(lines).strip("\n")
    path.write_text(f"{before}{begin}\n{written}\n\n{end}{after}", encoding="utf-8")


def _titled(title: str, found: Report, first: str) -> Iterator[str]:
    yield f"\n{title}: mean ± standard deviation (maximum)\n"
    yield _row(first, [policy_label(policy) for policy in found.policies])
    yield _row("---", ["---:"] * len(found.policies))


def _head(found: Report, first: str) -> Iterator[str]:
    columns = [name for policy in found.policies for name in (f"`{policy}`", COLUMN_OF.get(policy)) if name]
    yield _row(first, columns)
    yield _row("---", ["---:"] * len(columns))


def _beside(name: str, found: Report, article: dict[str, str], ours: list[str]) -> str:
    """Our cells, each policy's followed by the article's where it planned that way."""
    cells = []
    for policy, own in zip(found.policies, ours, strict=True):
        cells.append(own)
        if policy in COLUMN_OF:
            cells.append(article.get(COLUMN_OF[policy], ""))
    return _row(name, cells)


def _proven(found: Report, policy: str) -> str:
    if POLICIES[policy].method == "first-come":
        return "a fixed rule"
    part, whole = found.proven(policy)
    return f"{part} of {whole}"


def _row(first: str, cells: list[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


def _statistics(found: Report, key: str, policy: str, room: str | None = None) -> str:
    one = found.summary(key, policy, room)
    if one is None:
        return "–"
    mean, deviation, most = (words.written(key, value) for value in (one.mean, one.deviation, one.most))
    return f"{mean} ± {deviation} ({most})"


def _between(found: Report, policy: str) -> str:
    mean, deviation = found.between_rooms(policy) or (None, None)
    return f"{words.written('occupancy', mean)} ± {words.written('occupancy', deviation)}"
