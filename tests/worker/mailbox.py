"""A mail server that keeps what it accepts, and refuses as it is told: SMTP (RFC 5321) as far as a real client asks."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast


class Mailbox:
    """``with Mailbox() as box``: ``box.port`` to send to, ``box.messages`` what came, each with its ``To``.

    ``refuse`` by verb is the line answered instead of yes; ``END`` stands for the dot after the text. ``offers`` are
    the extensions told after EHLO. ``heard`` is every command, ``raw`` the bytes of each message as they came.
    """

    def __init__(self, refuse: Mapping[str, str] | None = None, offers: tuple[str, ...] = ()) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.heard: list[str] = []
        self.refuse, self.offers = dict(refuse or {}), offers
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), lambda *given: _Session(self, *given))
        self.server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def keep(self, data: bytes) -> None:
        self.raw.append(data)
        self.messages.append(cast("EmailMessage", message_from_bytes(data, policy=default)))

    def __enter__(self) -> Mailbox:
        # Asked often whether to stop: a test does not wait for it.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Session(socketserver.StreamRequestHandler):
    def __init__(self, box: Mailbox, *given: Any) -> None:
        self.box = box
        super().__init__(*given)

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            self.box.heard.append(line.decode().strip())
            self.say(*self.answer(line[:4].upper().strip().decode()))

    def answer(self, verb: str) -> list[str]:
        refuse = self.box.refuse
        if verb in refuse:
            return [refuse[verb]]
        if verb == "EHLO":
            *first, last = ("here", *self.box.offers)
            return [*(f"250-{name}" for name in first), f"250 {last}"]
        if verb != "DATA":
            return ["221 bye" if verb == "QUIT" else "250 ok"]
        self.say("354 go on")
        text = self.text()
        if "END" not in refuse:
            self.box.keep(text)
        return [refuse.get("END", "250 ok")]

    def text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, *lines: str) -> None:
        for line in lines:
            self.wfile.write(f"{line}\r\n".encode())
