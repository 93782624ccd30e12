"""A mail server that accepts everything and keeps it: just enough of SMTP (RFC 5321) for a real client."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


class Mailbox:
    """``with Mailbox() as box``: ``box.port`` to send to, ``box.messages`` what came, each with its ``To``."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        box = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 here")
                while line := self.rfile.readline():
                    verb = line[:4].upper().strip()
                    if verb == b"DATA":
                        self.say("354 go on")
                        box.keep(self.text())
                    self.say("221 bye" if verb == b"QUIT" else "250 ok")

            def text(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b"..") else line)
                return b"".join(lines)

            def say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def keep(self, data: bytes) -> None:
        self.messages.append(cast("EmailMessage", message_from_bytes(data, policy=default)))

    def __enter__(self) -> Mailbox:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
