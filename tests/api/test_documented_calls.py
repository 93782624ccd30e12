"""The calls of docs/api.md, run in their order as a shell would, each answered well."""

from __future__ import annotations

import json
import re
import shlex
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from planning.services.tokens import create_token
from tests.factories.hospital import NOW, Hospital

DOC = Path(__file__).parents[2] / "docs" / "api.md"
SET = re.compile(r"(\w+)=\$\((curl .*?)(?: \| jq (\S+))?\)$", re.DOTALL)


def commands() -> list[str]:
    """One a call: lines go on after a backslash or inside quotes."""
    found: list[str] = []
    for block in re.findall(r"```sh\n(.*?)```", DOC.read_text(), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            begins = re.match(r"curl |\w+=", line)
            found = [*found, line] if begins else [*found[:-1], f"{found[-1]} {line.strip()}"]
    return found


def words(command: str, known: dict[str, str]) -> list[str]:
    """Variables are replaced outside simple quotes, once the words are told apart, as a shell does."""
    kept = re.sub(r"'[^']*'", lambda quoted: quoted[0].replace("$", "\1"), command)
    return [re.sub(r"\$(\w+)", lambda name: known[name[1]], one).replace("\1", "$") for one in shlex.split(kept)]


def call(command: str, known: dict[str, str]) -> Any:
    given, headers, method, body = words(command, known)[1:], {}, "GET", b""
    address, wanted = "", iter(given)
    for word in wanted:
        if word == "-H":
            name, _colon, value = next(wanted).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(wanted)
        elif word == "-d":
            body = next(wanted).encode()
        elif word in ("-o", "-w"):
            next(wanted)
        elif word != "-s":
            address = word
    kind = headers.pop("Content-Type", "application/json")
    return Client().generic(method, address.removeprefix(known["BLOC"]), body, kind, headers=headers)


def pick(data: Any, path: str) -> Any:
    steps = [int(one) if one.isdecimal() else one for one in re.findall(r"[A-Za-z_]+|\d+", path)]
    return reduce(lambda value, step: value[step], steps, data)


@pytest.mark.django_db
def test_every_call_of_the_document_is_answered_well(hospital: Hospital) -> None:
    known = {"BLOC": "http://bloc", "TOKEN": create_token(name="Essai", days=30, user=hospital.director, now=NOW)[1]}
    done = 0
    for command in commands():
        if plain := re.fullmatch(r'(\w+)="(.*)"', command):
            known[plain[1]] = words(f'"{plain[2]}"', known)[0]
            continue
        setting = SET.fullmatch(command)
        answer = call(setting[2] if setting else command, known)
        assert answer.status_code in (200, 201, 202), (command, answer.content.decode()[:300])
        if setting:
            picked = pick(answer.json(), setting[3].strip("'")) if setting[3] else answer.headers["ETag"]
            known[setting[1]] = picked if isinstance(picked, str) else json.dumps(picked)
        done += 1
    assert done == 17
