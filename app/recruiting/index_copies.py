"""Lets the index server answer for a release's indexes, if the settings name one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from script_shared.recruiting.index.base import IndexServer
from script_shared.recruiting.index.exact import ExactIndex
from script_shared.recruiting.index.served import ServedIndex
from script_shared.recruiting.index.servers import index_name
from script_shared.recruiting.ranking.matcher import Matcher

SECONDS = 2  # that a request waits for the server


def use_copies(matcher: Matcher, server: IndexServer) -> None:
    """Let the copies on the server answer; each is opened at its first use."""
    parts = matcher.parts

    def with_copy(side: str, own: object) -> ServedIndex:
        assert isinstance(own, ExactIndex)
        return ServedIndex(own, partial(server.open, index_name(side, matcher.version), own.width, own.encoder))

    matcher.parts = replace(
        parts,
        candidate_index=with_copy("candidates", parts.candidate_index),
        vacancy_index=with_copy("vacancies", parts.vacancy_index),
    )


@contextmanager
def send_together(matcher: Matcher) -> Iterator[None]:
    """Changes of the indexes inside the block reach the server when it ends."""
    with ExitStack() as stack:
        for index in (matcher.parts.candidate_index, matcher.parts.vacancy_index):
            if isinstance(index, ServedIndex):
                stack.enter_context(index.send_together())
        yield
