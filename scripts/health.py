"""Asks the health page, for a container engine: python scripts/health.py [--worker] [ADDRESS]

Exit status 0 when the database answers; with --worker, when a worker also gave a sign of life.
"""

from __future__ import annotations

import json
import os
import sys
from urllib.request import Request, urlopen

HERE = "http://127.0.0.1:8000/sante/"


def main(arguments: list[str]) -> int:
    address = next((one for one in arguments if not one.startswith("-")), HERE)
    # The name blocweb answers to: it refuses others.
    host = os.environ.get("BLOCWEB_HOSTS", "127.0.0.1").split(",")[0].strip()
    try:
        with urlopen(Request(address, headers={"Host": host}), timeout=4) as answer:  # noqa: S310  # our own address
            state = json.load(answer)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{address}: {error}\n")
        return 1
    sys.stdout.write(f"{state}\n")
    return 0 if "--worker" not in arguments or state["worker"] == "up" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
