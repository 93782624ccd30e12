"""Redis away for ten seconds, then PostgreSQL, while runs are asked and pages read: ``make fault-outages``."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter

from tests.faults.client import Client
from tests.faults.house import House, conclude, open_house, wait_until
from tests.faults.runs import API, WEEKS, all_ended, ask, check, wait_for_end

REDIS_SECONDS = 10
# Longer than a request waits for a connection, so that pages must say it.
DATABASE_SECONDS = 15
PAGES = (f"/semaines/{WEEKS[0]}/journal/", f"/semaines/{WEEKS[0]}/", "/interventions/", f"{API}/weeks/{WEEKS[0]}/grid/")


class Reader(threading.Thread):
    """Opens pages one after the other until told to stop; what is not 200 must be 503 in words."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.client = Client(port)
        self.client.sign_in("regulatrice")
        self.over = threading.Event()
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            for path in PAGES:
                self.read(path)

    def read(self, path: str) -> None:
        try:
            status, body = self.client.send("GET", path)
        except OSError as error:
            self.faults.append(f"{path} was not answered: {error!r}")
            return
        self.answers[str(status)] += 1
        said = "base de données ne répond pas".encode() in body
        if status != 200 and not (status == 503 and said):
            self.faults.append(f"{path} answered {status}: {body[:120]!r}")


def redis_away(house: House, client: Client) -> list[int]:
    """Runs asked before, during and after; asking is never refused, for the row is the truth."""
    ids = [ask(client, WEEKS[0])]
    time.sleep(1)
    house.redis.stop()
    ids += [ask(client, WEEKS[1]), ask(client, WEEKS[2])]
    time.sleep(REDIS_SECONDS)
    house.redis.start()
    ids.append(ask(client, WEEKS[3]))
    return ids


def database_restarted(house: House, client: Client) -> list[int]:
    ids = [ask(client, WEEKS[0]), ask(client, WEEKS[1])]
    time.sleep(2)
    house.database.stop()
    time.sleep(DATABASE_SECONDS)
    house.database.start()
    wait_until(lambda: client.send("GET", PAGES[1])[0] == 200, "the week is shown again", 60)
    return ids


def main() -> int:
    with open_house() as house:
        house.start_web(1)
        house.start_beat()
        house.start_worker()
        client = Client(house.port)
        client.sign_in("directrice")
        reader = Reader(house.port)
        reader.start()
        ids = redis_away(house, client)
        redis_seconds = wait_for_end(ids)
        ids += database_restarted(house, client)
        # Django's own connection of this process fell with the others.
        from django.db import connections

        connections.close_all()
        wait_until(lambda: all_ended(ids), "every run has ended", 120)
        reader.over.set()
        reader.join(30)
        figures, wrong = check(ids)
        figures |= {"seconds from Redis's return to the last end": f"{redis_seconds:.1f}"}
        figures |= {f"pages answered {status}": times for status, times in sorted(reader.answers.items())}
        return conclude(house, "Redis away, PostgreSQL restarted", figures, wrong + reader.faults)


if __name__ == "__main__":
    sys.exit(main())
