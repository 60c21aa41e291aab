"""Fails a test during which a part of the service caught an error that the test does not expect, or after which a
setting of the whole process has another value: the next tests, and other parts of a real process, would get it too.

In production an answer lacks a part that fails, and its traceback is logged. In a test such an error is a
mistake in the code, unless it is an outage (`OUTAGES`), was raised by code of the tests, or the test names its type:
``@pytest.mark.catches("ValueError")``. Processes that a test starts are not watched.
"""

import csv
import locale
import logging
import os
import re
from collections.abc import Collection, Generator
from traceback import format_exception, walk_tb

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from script_shared.errors import PautaError

OUTAGES = (PautaError, OSError, OperationalError, httpx.TransportError)
LOGGERS = ("pauta", "app", "pipelines", "script_shared")
_caught: list[tuple[str, BaseException]] = []
_process: dict[str, object] = {}


class Watch(logging.Handler):
    """Notes the errors whose tracebacks are logged, as every edge does with an error that it does not expect."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            _caught.append((record.getMessage(), record.exc_info[1]))


def pytest_configure() -> None:
    """Watch all loggers of the service."""
    for name in LOGGERS:
        logging.getLogger(name).addHandler(Watch())
    _process.update(process_settings())


def process_settings() -> dict[str, object]:
    """Settings that code can change for its whole process, and must restore."""
    umask = os.umask(0o077)
    os.umask(umask)
    return {
        "csv.field_size_limit": csv.field_size_limit(),
        "locale": locale.setlocale(locale.LC_ALL),
        "umask": umask,
        "working directory": os.getcwd(),
    }


def raised_by_a_test(error: BaseException) -> bool:
    """Whether the code that raised it is a test's own, or a mock."""
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__)]
    return bool(modules) and re.match(r"tests\.|test_|unittest\.mock$", modules[-1]) is not None


def unplanned(caught: Collection[tuple[str, BaseException]], planned: Collection[str]) -> list[str]:
    """The errors that fail a test, with their tracebacks; no test may expect a failed assertion."""

    def is_planned(error: BaseException) -> bool:
        names = {kind.__name__ for kind in type(error).__mro__}
        plan = isinstance(error, OUTAGES) or raised_by_a_test(error) or not names.isdisjoint(planned)
        return plan and not isinstance(error, AssertionError)

    return [
        f"{message}, but the test went on:\n{''.join(format_exception(error))}"
        for message, error in caught
        if not is_planned(error)
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Check what was caught, and what was changed for the process, while the test and its fixtures ran."""
    outcome = yield
    after = process_settings()
    if changed := {name for name in after if after[name] != _process[name]}:
        _process.update(after)
        pytest.fail(f"left changed for the whole process: {', '.join(sorted(changed))}", pytrace=False)
    planned = {name for mark in item.iter_markers("catches") for name in mark.args}
    caught = [*_caught]
    _caught.clear()
    if found := unplanned(caught, planned):
        pytest.fail("\n".join(found), pytrace=False)
    return outcome
