"""Steps: a backup, everything removed, the restore; and the end, which leaves nothing."""

import time

from tests.stack.breaking import _inventory, inventory_text
from tests.stack.engine import Stack, need
from tests.stack.web import Api


def backup(stack: Stack) -> str:
    """Back up while it runs, remove every volume, restore: releases, events, runs and passwords are there again."""
    folder = stack.folder / "backup"
    before, token = _inventory(stack), stack.secret("admin_token")
    started = time.monotonic()
    stack.run("docker/backup.sh", str(folder), seconds=600)
    backed_up = time.monotonic() - started
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    said = stack.run("docker/restore.sh", str(folder), check=False)
    need("nothing was touched" in said, f"a restore over a running stack was not refused: {said[-300:]}")
    stack.run("docker", "compose", "--profile", "*", "down", "--volumes", seconds=300)
    started = time.monotonic()
    stack.run("docker/restore.sh", str(folder), seconds=900)
    stack.up()
    restored = time.monotonic() - started
    after = _inventory(stack)
    need(after == before, f"before {before}, after {after}")
    need(stack.secret("admin_token") == token, "the passwords are other ones")
    need(len(Api(stack).pages("reader-after-restore")) == 10, "no full list after the restore")
    return f"{size:.0f} MB in {backed_up:.0f} s; restored and healthy in {restored:.0f} s; {inventory_text(after)}"


def down(stack: Stack) -> str:
    """Stop and remove everything; nothing of the project is left in the engine."""
    stack.run("docker", "compose", "--profile", "*", "down", "--volumes", "--remove-orphans", seconds=300)
    mark = f"label=com.docker.compose.project={stack.project}"
    for kind in (("ps", "--all"), ("volume", "ls"), ("network", "ls")):
        left = stack.run("docker", *kind, "--quiet", "--filter", mark)
        need(not left.strip(), f"left of {kind[0]}: {left}")
    return "no container, volume or network is left"
