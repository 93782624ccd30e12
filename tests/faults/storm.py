"""Twenty people on one week, each dragging, pinning, taking back and approving at random: ``make fault-storm``.

Counted afterwards: every change that was answered "done" took a revision of its own and none is missing, no
intervention is in two places, and the journal read from its first line gives the very state of the draft and of each
approved version.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Q

from tests.faults.client import Client
from tests.faults.house import House, conclude, open_house
from tests.faults.runs import API, ask, wait_for_end

WEEK, MONDAY = "2026-W48", date(2026, 11, 23)
PEOPLE, SECONDS = 20, 60
REASON = "Essai de charge"
Placed = dict[int, tuple[int, str, bool]]


class Person(threading.Thread):
    """Acts on what they last saw, as a browser does; a stale answer brings them the fresh state."""

    def __init__(self, number: int, port: int) -> None:
        super().__init__(daemon=True)
        self.rng = random.Random(number)
        self.client = Client(port)
        self.approves = bool(number % 2)
        self.client.sign_in("directrice" if self.approves else "regulatrice")
        self.until = 0.0
        self.revisions: list[int] = []
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []

    def run(self) -> None:
        try:
            self.grid = self.client.get(f"{API}/weeks/{WEEK}/grid/")[1]
            self.state = self.grid["state"]
            while time.monotonic() < self.until:
                self.act()
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")

    def act(self) -> None:
        name = self.rng.choices(
            ["moves", "swaps", "room-swaps", "pins", "unplan", "undo", "redo", "approve"],
            [40, 10, 4, 13, 10, 12, 8, 5 if self.approves else 0],
        )[0]
        body = {"revision": self.state["revision"], "reason": REASON, **self.details(name)}
        status, answer = self.client.post(f"{API}/plans/{self.grid['plan']['id']}/{name}/", body)
        self.answers[f"{name} {status}"] += 1
        if status >= 500:
            self.faults.append(f"{name} answered {status}")
        elif status == 200 and name != "approve":
            self.revisions.append(body["revision"] + 1)
            self.state = answer["state"]
        elif answer.get("state"):
            self.state = answer["state"]

    def details(self, name: str) -> dict[str, Any]:
        some = self.rng.sample([one["id"] for one in self.grid["interventions"]], 3)
        rooms = [self.rng.choice(self.grid["rooms"])["id"] for _ in range(2)]
        dates = [self.rng.choice(self.grid["days"])["date"] for _ in range(2)]
        match name:
            case "moves":
                start = 5 * self.rng.randrange(96, 220)
                return {"intervention": some[0], "room": rooms[0], "date": dates[0], "start": start}
            case "swaps":
                return {"first": some[0], "second": some[1]}
            case "room-swaps":
                return {"room": rooms[0], "date": dates[0], "other_room": rooms[1], "other_date": dates[1]}
            case "pins":
                return {"interventions": some, "pinned": self.rng.random() < 0.5}
            case "unplan":
                return {"interventions": some}
        return {}


def journal_of(plan_id: int) -> dict[int, dict[str, Any]]:
    """By revision, the places that the draft's steps, and the decisions that took interventions out of it, tell."""
    from planning.models import JournalEntry

    found: dict[int, dict[str, Any]] = {}
    for entry in JournalEntry.objects.filter(plan=plan_id, after__has_key="revision").order_by("pk"):
        found.setdefault(entry.after["revision"], {}).update(entry.after["placements"])
    # A cancellation tells where the intervention was; taken back, where it is again.
    decided = JournalEntry.objects.exclude(intervention=None).order_by("pk")
    for entry in decided.filter(Q(before__has_key="drafts") | Q(after__has_key="drafts")):
        for facts, back in ((entry.before, False), (entry.after, True)):
            revision, place = ((facts or {}).get("drafts") or {}).get(str(plan_id), (None, None))
            if revision is not None:
                found.setdefault(revision, {})[str(entry.intervention_id)] = place if back else None
    return found


def replayed(plan_id: int) -> dict[int, Placed]:
    """What the journal says the draft was at each revision."""
    states: dict[int, Placed] = {0: {}}
    now: Placed = {}
    for revision, places in sorted(journal_of(plan_id).items()):
        for key, place in places.items():
            now.pop(int(key), None)
            if place is not None:
                now[int(key)] = (place["slot"], place["starts_at"], place["pinned_by"] is not None)
        states[revision] = dict(now)
    return states


def placed(plan_id: int) -> Placed:
    from planning.models import Placement

    rows = Placement.objects.filter(plan=plan_id)
    return {row.intervention_id: (row.slot_id, row.starts_at.isoformat(), row.pinned_by_id is not None) for row in rows}


def check(people: list[Person], first: int) -> tuple[dict[str, Any], list[str]]:
    from planning.models import Plan

    draft = Plan.objects.get(monday=MONDAY, status="draft")
    wrong = [fault for person in people for fault in person.faults]
    taken = sorted(number for person in people for number in person.revisions)
    if taken != list(range(first + 1, draft.revision + 1)):
        doubled = [number for number, times in Counter(taken).items() if times > 1]
        missing = sorted(set(range(first + 1, draft.revision + 1)) - set(taken))
        wrong.append(f"revisions answered twice {doubled[:5]}, never answered {missing[:5]}")
    states = replayed(draft.pk)
    if states.get(draft.revision) != placed(draft.pk):
        wrong.append("the journal does not lead to the draft as it is")
    versions = Plan.objects.filter(monday=MONDAY, status__in=["approved", "superseded"], number__gt=draft.number)
    wrong += [
        f"version {version.number} is not what the draft was when it was approved"
        for version in versions
        if states[version.parameters["draft_revision"]] != placed(version.pk)
    ]
    answers = sum((person.answers for person in people), Counter())
    figures = {
        "requests": sum(answers.values()),
        "changes done": len(taken),
        "told that they were late (409)": sum(times for name, times in answers.items() if name.endswith("409")),
        "versions approved": versions.count(),
        "interventions placed at the end": len(placed(draft.pk)),
        **{f"answered {name}": times for name, times in sorted(answers.items())},
    }
    return figures, wrong


def filled_week(client: Client) -> int:
    """A proposal taken whole, so that there is something to fight over; the draft's revision."""
    draft = client.post(f"{API}/weeks/{WEEK}/draft/", {})[1]
    run = ask(client, WEEK)
    wait_for_end([run])
    proposal = client.get(f"{API}/runs/{run}/")[1]["plan_id"]
    taken = {"proposal": proposal, "revision": draft["state"]["revision"]}
    status, answer = client.post(f"{API}/plans/{draft['plan_id']}/take/", taken)
    assert status == 200, f"the proposal was not taken: {status} {answer}"
    return int(answer["state"]["revision"])


def storm(house: House, seconds: float, crowd: int = PEOPLE) -> int:
    house.start_web()
    house.start_worker()
    opener = Client(house.port)
    opener.sign_in("directrice")
    first = filled_week(opener)
    people = [Person(number, house.port) for number in range(crowd)]
    for person in people:
        person.until = time.monotonic() + seconds
        person.start()
    for person in people:
        person.join(seconds + 120)
    figures, wrong = check(people, first)
    return conclude(house, f"{crowd} people on one week for {seconds:.0f} s", figures, wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    with open_house() as house:
        return storm(house, parser.parse_args().seconds)


if __name__ == "__main__":
    sys.exit(main())
