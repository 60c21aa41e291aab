"""Receivers of alerts: a webhook, and a mail server. Standard library only, because a container runs this file, too."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

ANY_PORT = ("127.0.0.1", 0)


@dataclass
class Inbox:
    """What a receiver got.

    Attributes:
        logins: users and passwords of clients of the mail server.
        recipients: addresses of each mail, in the order of the mails.
    """

    port: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def webhook(status: int = 200, address: tuple[str, int] = ANY_PORT) -> Iterator[Inbox]:
    """A web server that answers each POST with the status."""
    inbox = Inbox()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            inbox.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(address, Hook) as server, _running(server):
        inbox.port = server.server_address[1]
        yield inbox


@contextmanager
def mail_server(address: tuple[str, int] = ANY_PORT) -> Iterator[Inbox]:
    """A mail server without encryption that accepts each login (RFC 5321, RFC 4954)."""
    inbox = Inbox()

    class Session(StreamRequestHandler):
        def handle(self) -> None:
            to: list[str] = []
            self._say("220 mail.test")
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("EHLO"):
                    self._say("250-mail.test\r\n250 AUTH PLAIN")
                elif verb.startswith("AUTH PLAIN"):
                    _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                    inbox.logins.append((user, password))
                    self._say("235 ok")
                elif verb == "DATA":
                    self._say("354 go on")
                    inbox.mails.append(self._mail())
                    inbox.recipients.append(to)
                    self._say("250 ok")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    to += [line.partition(":")[2].strip("<>")] if verb.startswith("RCPT") else []
                    self._say("250 ok")

        def _mail(self) -> EmailMessage:
            lines = iter(self.rfile.readline, b".\r\n")
            text = b"".join(line.removeprefix(b".") for line in lines)
            return message_from_bytes(text, EmailMessage, policy=policy.default)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with ThreadingTCPServer(address, Session) as server, _running(server):
        inbox.port = server.server_address[1]
        yield inbox


@contextmanager
def _running(server: ThreadingTCPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
