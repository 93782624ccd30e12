"""A worker killed (SIGKILL) at a random moment of each of twenty runs: ``make fault-kills``."""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.faults.client import Client
from tests.faults.house import conclude, kill, open_house
from tests.faults.runs import RUN_SECONDS, WEEKS, all_ended, ask, check, wait_for_end

RUNS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    with open_house() as house:
        house.start_web(1)
        house.start_beat()
        client = Client(house.port)
        client.sign_in("directrice")
        worker = house.start_worker()
        ids: list[int] = []
        kills = 0
        for number in range(asked.runs):
            if ids:
                wait_for_end(ids[-len(WEEKS) :] if number % len(WEEKS) == 0 else ids[-1:])
            ids.append(ask(client, WEEKS[number % len(WEEKS)]))
            # Up to a second kill for one run in four: the third attempt is its last.
            for _ in range(rng.choice((1, 1, 1, 2))):
                time.sleep(rng.uniform(0.2, RUN_SECONDS + 3))
                if not all_ended(ids[-1:]):
                    kill(worker)
                    kills += 1
                    worker = house.start_worker()
        took = wait_for_end(ids)
        figures, wrong = check(ids)
        figures |= {"workers killed in mid-run": kills, "seconds until the last ended": f"{took:.1f}"}
        return conclude(house, f"A worker killed in mid-run, {asked.runs} runs", figures, wrong)


if __name__ == "__main__":
    sys.exit(main())
