"""Thousands of requests that nobody should send, and hundreds of broken files: ``make fault-fuzz``.

No answer may be a 5xx, and a refused request or file must leave every row as it was. The hospital is the tests' small
one, so that all of its rows can be compared after each.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from tests.faults.client import Client
from tests.faults.house import conclude, open_house

REQUESTS, FILES = 5_000, 200
VALUES: list[Any] = [
    None, True, "", "abc", "1", -1, 0, 1, 2, 3, 480, 600, 1.5, 10**12, 2**63, 10**40, 1e308, [], [[[]]], {},
    [1, "x", None], "x" * 5000, "\0", "\ud800", "²", "2026-11-24", "2026-13-40", "9999-12-31",
    "<img src=x onerror=alert(1)>", "'; DROP TABLE planning_plan; --", "%s %(x)s {0}", "__class__", "open",
    "2026-W48", "2026-W54", "0001-W01",
]  # fmt: skip
NAMES = [
    "intervention", "interventions", "room", "date", "start", "revision", "reason", "pinned", "policy", "tie_rule",
    "time_limit", "replan", "keep_best", "proposal", "with", "page", "plan", "since", "other", "week", "__proto__", "",
]  # fmt: skip
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
FINGERPRINT = "SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"
# What changes by itself, or by being asked: who is signed in, the worker's sign of life.
UNWATCHED = {"django_session", "planning_workerpulse", "django_migrations"}


class Watch:
    """All rows of all tables as one number each."""

    def __init__(self) -> None:
        from django.db import connection

        self.tables = [name for name in connection.introspection.table_names() if name not in UNWATCHED]
        self.seen = self.look()

    def look(self) -> dict[str, int]:
        from django.db import connection

        union = " UNION ALL ".join(
            f"SELECT '{name}', ({FINGERPRINT.format(connection.ops.quote_name(name))})"  # the tables' own names
            for name in self.tables
        )
        with connection.cursor() as cursor:
            cursor.execute(union)
            return dict(cursor.fetchall())

    def changed(self) -> list[str]:
        now = self.look()
        found = [name for name in self.tables if now[name] != self.seen[name]]
        self.seen = now
        return found


def addresses() -> list[str]:
    """Every address of the API, with its holes as ``{int}`` and ``{str}``."""
    from planning.api.urls import urlpatterns

    return [re.sub(r"<(?:(\w+):)?\w+>", r"{\1}", str(one.pattern)) for one in urlpatterns]


def request_of(rng: random.Random, paths: list[str]) -> tuple[str, str, Any]:
    holes = {"{int}": [1, 2, 3, 4, 0, 10**12, 10**25, "abc", "%00"], "{str}": ["2026-W48", "2026-W54", "x", "%00"]}
    path = rng.choice(paths)
    while found := re.search(r"\{\w*\}", path):
        path = path.replace(found.group(), str(rng.choice(holes.get(found.group(), ["x"]))), 1)
    method = rng.choices(METHODS, [25, 50, 5, 5, 5, 3, 2])[0]
    if method == "GET" and rng.random() < 0.5:
        path += f"?{rng.choice(NAMES)}={rng.choice(['abc', '-1', '1', '9' * 30, '%00', '%C2%B2', ''])}"
    if rng.random() < 0.1:
        return method, path, rng.choice(VALUES)
    return method, path, {name: rng.choice(VALUES) for name in rng.sample(NAMES, rng.randrange(0, 9))}


def fuzz_requests(client: Client, watch: Watch, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    rng, answers, wrong = random.Random(seed), Counter[str](), []
    paths = addresses()
    for number in range(count):
        method, path, body = request_of(rng, paths)
        status, _ = client.ask(method, f"/api/v1/{path}", json.dumps(body).encode())
        answers[f"{status // 100}xx"] += 1
        changed = watch.changed()
        if status >= 500 or (status >= 400 and changed):
            wrong.append(f"request {number} {method} {path[:80]} {str(body)[:120]}: {status}, wrote {changed}")
    return answers, wrong


# --- Files -------------------------------------------------------------------------------------------------------

HEADER = "code;patient;acte;chirurgien;specialite;duree;date hospitalisation;date limite;priorite"
LINE = "N{0};P-{0};Acte {0};S1;ORT;{1};2026-11-22;2026-11-27;"


def good_file(rng: random.Random) -> bytes:
    lines = [LINE.format(rng.randrange(10**6), rng.randrange(30, 200)) for _ in range(rng.randrange(1, 30))]
    return "\r\n".join([HEADER, *lines]).encode()


def broken_files(rng: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """A good file damaged in one of many ways, or no table at all."""
    damages = [
        lambda data: data[: rng.randrange(len(data))],
        lambda data: bytes(rng.randrange(256) for _ in range(rng.randrange(1, 4000))),
        lambda data: data.replace(b";", rng.choice([b"\t", b"\0", b"|;|", b'"', b"\n"])),
        lambda data: data.decode().encode(rng.choice(["utf-16", "utf-32", "cp037"])),
        lambda data: b"PK\x03\x04" + data,
        lambda data: data.replace(b"2026", rng.choice([b"99999", b"0000", b"\xd9\xa2\xd9\xa0", b"-1", b"=1+1"])),
        lambda data: data.replace(b"Acte", b"A" * rng.choice([300, 100_000])),
        lambda data: data.replace(b"S1", rng.choice([b"", b"S1;S1;S1", b"<script>", b"\xff\xfe"])),
        lambda data: data + b"\r\n" + b";" * 20_000,
        lambda data: HEADER.encode() + b"\r\n" + b'"' + data,
        lambda data: b"",
        lambda data: _flip(rng, data),
        lambda data: _workbook(rng),
    ]
    for number in range(count):
        name = f"f{number}.{rng.choice(['csv', 'xlsx', 'txt', 'xls', ''])}"
        yield name, damages[number % len(damages)](good_file(rng))


def _flip(rng: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(rng.randrange(1, 60)):
        found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def _workbook(rng: random.Random) -> bytes:
    """A real XLSX with cells of every kind, then cut or flipped half of the time."""
    from openpyxl import Workbook

    book, output = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(";"))
    for _ in range(rng.randrange(0, 20)):
        sheet.append([rng.choice([None, 1e300, -1, True, "=1/0", "x" * 3000, "2026-11-24", 45_000]) for _ in range(9)])
    book.save(output)
    data = output.getvalue()
    return rng.choice([data, data[: len(data) // 2], _flip(rng, data)])


def import_file(client: Client, name: str, data: bytes) -> tuple[str, int]:
    """How far the file came, and the worst status on its way: uploaded, columns kept as guessed, imported."""
    boundary = uuid.uuid4().hex
    token = client.cookies["csrftoken"]
    form = {"csrfmiddlewaretoken": token, "target": "interventions"}
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form.items()]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + file.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    status, _, where = client.exchange("POST", "/imports/", body, f"multipart/form-data; boundary={boundary}")
    if status != 302:
        return "refused at once", status
    status, page = client.send("GET", where)
    if status != 200:
        return "columns", status
    fields = re.findall(rb'<select name="([^"]+)".*?</select>', page, re.DOTALL)
    chosen = {one.decode(): _chosen(page, one) for one in fields} | {"csrfmiddlewaretoken": token}
    status, _, where = client.exchange("POST", where, _form(chosen), "application/x-www-form-urlencoded")
    if status != 302:
        return "refused at its columns", status
    status, _ = client.send("GET", where)
    if status != 200:
        return "preview", status
    status, _, where = client.exchange(
        "POST", where, _form({"csrfmiddlewaretoken": token, "action": "import"}), "application/x-www-form-urlencoded"
    )
    return ("imported" if where == "/imports/" else "refused with its lines"), status


def _chosen(page: bytes, field: bytes) -> str:
    select = re.search(rb'<select name="' + re.escape(field) + rb'".*?</select>', page, re.DOTALL)
    found = re.search(rb'<option value="([^"]*)" selected', select.group()) if select else None
    return found.group(1).decode() if found else ""


def _form(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def fuzz_files(client: Client, watch: Watch, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    ends, wrong = Counter[str](), []
    # What an import remembers of a file's columns is no data of the hospital.
    for name, data in broken_files(random.Random(seed), count):
        end, status = import_file(client, name, data)
        ends[end] += 1
        changed = [table for table in watch.changed() if table != "planning_columnmapping"]
        if status >= 500 or (end != "imported" and changed):
            wrong.append(f"{name} {data[:40]!r}: {end}, {status}, wrote {changed}")
    return ends, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with open_house(demonstration=False) as house:
        from tests.factories.hospital import PASSWORD, make_intervention, small_hospital

        hospital = small_hospital()
        for surgeon in hospital.surgeons:
            make_intervention(surgeon)
        house.start_web(1)
        client = Client(house.port)
        client.sign_in("directrice", PASSWORD)
        client.post("/api/v1/weeks/2026-W48/draft/", {})
        watch = Watch()
        ends, wrong = fuzz_files(client, watch, asked.files, asked.seed)
        answers, more = fuzz_requests(client, watch, asked.requests, asked.seed)
    figures = {f"files {end}": times for end, times in sorted(ends.items())}
    figures |= {f"requests answered {kind}": times for kind, times in sorted(answers.items())}
    return conclude(house, f"{asked.files} broken files, {asked.requests} hostile requests", figures, wrong + more)


if __name__ == "__main__":
    sys.exit(main())
