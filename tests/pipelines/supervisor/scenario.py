"""Runs a small program in a process of its own: the supervisor ends all its descendants, which must not be pytest's."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil

from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]

PRELUDE = """
import os, sys, time, signal
from pathlib import Path
import psutil
from pipelines.supervisor import components, linux_processes
from pipelines.supervisor.components import Component
from pipelines.supervisor.components import ComponentGroup

def descendants():
    return [each for each in psutil.Process().children(recursive=True) if alive(each)]

def alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

def program(name, text):
    return Component(name, [sys.executable, "-c", text], dict(os.environ), Path(sys.argv[1]) / f"{name}.log")
"""

# Everything sleeps far longer than a test waits for its end.
SLEEPER = "import time; time.sleep(3600)"
STUBBORN_FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import os, time; os.setsid(); time.sleep(3600)"])
time.sleep(3600)
"""
HALF_ENDED = """
import ctypes, signal, threading, time

from tests.patience import PATIENCE_SECONDS
signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.Thread(target=time.sleep, args=(3600,)).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def start(folder: Path, text: str, **environment: str) -> subprocess.Popen[str]:
    """Start the program; what it prints can be read from its stdout."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(text), str(folder)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "MARK": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def marked(folder: Path) -> list[psutil.Process]:
    """The living processes that the program in this folder has started, however deep, and itself."""
    return [each for each in psutil.process_iter() if _mark(each) == str(folder)]


def _mark(process: psutil.Process) -> str | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else process.environ().get("MARK")
    except psutil.Error:
        return None


def wait_until_gone(folder: Path) -> list[psutil.Process]:
    """What is left of the program when it had some time to end; it is killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := marked(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for each in left:
        each.kill()
    return left
