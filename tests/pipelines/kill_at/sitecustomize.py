"""Kills its process group when a certain file is opened to be written; for tests of what a kill leaves behind.

Python imports this module at the start of every process that has the folder in ``PYTHONPATH``, worker processes too.
``PAUTA_TEST_KILL_AT`` is a regular expression for the path of the file.
"""

import os
import re
import signal
import sys

if pattern := os.environ.get("PAUTA_TEST_KILL_AT"):
    path_of_moment = re.compile(pattern)

    def kill(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and "w" in str(arguments[1]) and path_of_moment.search(os.fspath(str(arguments[0]))):
            os.killpg(os.getpgrp(), signal.SIGKILL)

    sys.addaudithook(kill)
