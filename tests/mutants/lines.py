"""Measures which tests run which lines: a plugin of pytest, used in a copy of the repository."""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

TABLE, LIBRARIES, SECONDS = "lines.json", "libraries", "seconds"
OWN = ("app", "pipelines", "script_shared", "tests")
_measured = coverage.Coverage(data_file=None, config_file=False, source=OWN[:3])
_seconds = defaultdict[str, float](float)  # by test, and by file for all of its tests
_measured.set_option("run:disable_warnings", ["no-data-collected", "module-not-measured"])


def pytest_sessionstart() -> None:
    """Everything that is imported from now on is measured."""
    _measured.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Lines count for the test that runs."""
    _measured.switch_context(item.nodeid)
    begun = time.monotonic()
    try:
        return (yield)
    finally:
        for name in (item.nodeid, item.nodeid.partition("::")[0]):
            _seconds[name] += time.monotonic() - begun


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, object, object]:
    """Lines of a fixture that tests share count for all tests of the file."""
    test = request._pyfuncitem.nodeid
    _measured.switch_context(test if request.scope == "function" else test.partition("::")[0])
    try:
        return (yield)
    finally:
        _measured.switch_context(test)


def pytest_sessionfinish() -> None:
    """Write the tests by file and line, what was imported, and how long each test took."""
    _measured.stop()
    data, here = _measured.get_data(), Path.cwd()
    lines: dict[str, object] = {
        str(Path(file).relative_to(here)): data.contexts_by_lineno(file) for file in data.measured_files()
    }
    lines[LIBRARIES] = [name for name in sys.modules if name.partition(".")[0] not in (*OWN, "__main__")]
    lines[SECONDS] = _seconds
    Path(TABLE).write_text(json.dumps(lines))
