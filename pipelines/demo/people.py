"""The people and programs of the demo, each with a token of the platform."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from pipelines.commands.tokens import main
from script_shared.demo.story import write_json
from script_shared.settings import Settings

SITE = "site"  # sends what readers and newsroom do; the page of the tour leaves its entries of the record out
ROLES = {"ana": "editor", "newsroom": "operator", SITE: "operator", "visitor": "operator"}
FILE = "tokens.json"


def make_tokens(settings: Settings, state: Path) -> dict[str, str]:
    """Make the tokens, as ``python -m pipelines tokens create`` does, and keep them where only their owner may read.

    Args:
        settings: of the demo.
        state: folder that gets the file.

    Returns:
        the token of each person, by name.
    """
    tokens = {}
    for name, role in ROLES.items():
        with redirect_stdout(io.StringIO()) as printed, redirect_stderr(io.StringIO()):
            main(["create", name, "--role", role], settings)
        tokens[name] = printed.getvalue().strip()
    old = os.umask(0o077)
    try:
        write_json(state / FILE, tokens)
    finally:
        os.umask(old)
    return tokens
