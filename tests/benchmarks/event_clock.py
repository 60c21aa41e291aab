"""The API with clocks around the stages of a posted event, for ``make bench-event``; runs in any checkout.

``POST /clock/on`` starts the clocks, ``/clock/off`` stops them, ``/clock/read`` returns the time of each stage since
the start, and ``/clock/threads`` returns the thread ids of Linux.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from functools import wraps
from importlib import import_module
from inspect import iscoroutine, iscoroutinefunction
from typing import Any

REST = {"loop": "HTTP server, event loop, clocks", "log": "rest of the log's thread, clocks"}
EVENTS = "script_shared.events"
STAGES = (  # name of the stage, its thread, its module, its function (or the names of it in different versions)
    ("middleware: forwarded headers", "loop", "app.http.forwarded", "ForwardedHeaders.__call__"),
    ("middleware: id, count, limits", "loop", "app.http.middleware", "RequestMiddleware.__call__"),
    ("middleware: HEAD", "loop", "app.http.heads", "Heads.__call__"),
    ("framework: errors, routes", "loop", "fastapi.applications", "FastAPI.__call__"),
    ("route, judge, answer", "loop", "fastapi.routing", "APIRoute.handle"),
    ("route, judge, answer", "loop", "app.routes.exact_routes", "ExactRoutes.__call__"),
    ("read and validate the body", "loop", "app.news.event_bodies", "_events_in"),
    ("signature", "loop", "app.news.routes.events", "_is_signed"),
    ("role of the sender", "loop", "app.news.routes.events", "is_allowed"),
    ("time", "loop", "app.news.routes.events", "_dating | _out_of_time"),
    ("entries and proof", "loop", "app.news.routes.events", "_entries"),
    ("logins", "loop", "app.news.routes.events", "logins"),
    ("hand over, wait, count", "loop", "app.news.routes.events", "_write"),
    ("write", "log", f"{EVENTS}.log", "EventLog.append | EventLog.write"),
    ("read back", "log", f"{EVENTS}.following.follower", "LogFollower.read"),
    ("fold", "loop", "script_shared.news.newsroom.newsroom", "Newsroom.apply"),
    ("wake the writers", "log", f"{EVENTS}.following.follower", "LogFollower._answer"),
)


class Clock:
    """The processor time of each stage, without that of nested stages."""

    def __init__(self) -> None:
        self.is_on = False
        self.spent: dict[str, int] = {}
        self._threads = threading.local()

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function, synchronous or asynchronous, so that its time counts for a stage."""

        @wraps(function)
        def timed(*args: Any, **named: Any) -> Any:
            if not self.is_on:
                return function(*args, **named)
            start = self.start()
            try:
                found = function(*args, **named)
            finally:
                self.stop(name, start)
            return rest(found) if iscoroutine(found) else found

        async def rest(inner: Any) -> Any:
            return await _Steps(self, name, inner)

        @wraps(function)
        async def timed_steps(*args: Any, **named: Any) -> Any:
            if not self.is_on:
                return await function(*args, **named)
            return await _Steps(self, name, function(*args, **named))

        return timed_steps if iscoroutinefunction(function) else timed

    def start(self) -> int:
        """Begin a stage in this thread."""
        inside = self._threads.__dict__.setdefault("inside", [0])
        inside.append(0)
        return time.thread_time_ns()

    def stop(self, name: str, started: int) -> None:
        """End it."""
        took, inside = time.thread_time_ns() - started, self._threads.inside
        self.spent[name] = self.spent.get(name, 0) + took - inside.pop()
        inside[-1] += took

    def install(self) -> None:
        """Wrap all stages."""
        for name, _, module, paths in STAGES:
            for path in paths.split(" | "):
                owner, (*above, last) = _module(module), path.split(".")
                for part in above:
                    owner = getattr(owner, part, None)
                found = getattr(owner, last, None)
                if found is not None and not hasattr(found, "__wrapped__"):
                    setattr(owner, last, self.timed(name, found))


def _module(name: str) -> Any:
    """A module, None if this version does not have it."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


class _Steps:
    """Runs a coroutine, and measures time only while it runs, not while it waits."""

    def __init__(self, clock: Clock, name: str, inner: Any) -> None:
        self._clock, self._name, self._inner = clock, name, inner

    def __await__(self) -> Generator[Any, Any, Any]:
        value: Any = None
        error: BaseException | None = None
        while True:
            start = self._clock.start()
            try:
                awaited = self._inner.send(value) if error is None else self._inner.throw(error)
            except StopIteration as end:
                return end.value
            finally:
                self._clock.stop(self._name, start)
            try:
                value, error = (yield awaited), None
            except BaseException as raised:  # noqa: BLE001  the coroutine decides whether to catch it
                value, error = None, raised


CLOCK = Clock()


def clocked_app() -> Any:
    """The application of the current checkout, with the clocks."""
    CLOCK.install()
    from app.main import default_app

    return _Answers(default_app())


class _Answers:
    """Wraps the application, and answers requests to ``/clock``."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not scope.get("path", "").startswith("/clock/"):
            await self._app(scope, receive, send)
            return
        found = CLOCK.spent
        if scope["path"] == "/clock/threads":
            found = {thread.name: thread.native_id or 0 for thread in threading.enumerate()}
        CLOCK.spent = {}
        if scope["path"] in ("/clock/on", "/clock/off"):
            CLOCK.is_on = scope["path"] == "/clock/on"
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})


if __name__ == "__main__":
    sys.path[:] = [os.getcwd(), *(place for place in sys.path if not place.endswith("/tests/benchmarks"))]
    from app.__main__ import main

    sys.modules["event_clock"] = sys.modules["__main__"]
    main("event_clock:clocked_app")
