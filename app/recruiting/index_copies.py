"""Lets the index server answer for a release's indexes, if the settings name one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from script_shared.recruiting.index.base import IndexServer, VectorIndex
from script_shared.recruiting.index.exact import ExactIndex
from script_shared.recruiting.index.served import ServedIndex
from script_shared.recruiting.index.servers import index_name
from script_shared.recruiting.ranking.matcher import Matcher

SECONDS = 2  # that a request waits for the server


def use_copies(matcher: Matcher, server: IndexServer, store: Callable[[], str]) -> None:
    """Let the copies on the server answer; each is opened at its first use.

    Args:
        matcher: of a release; its indexes are replaced.
        server: has the copies.
        store: gives the name of the release store, which is part of their names.
    """
    parts = matcher.parts

    def with_copy(side: str, own: object) -> ServedIndex:
        assert isinstance(own, ExactIndex)

        def copy() -> VectorIndex | None:
            return server.open(index_name(side, matcher.version, store()), own.width, own.encoder)

        return ServedIndex(own, copy)

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
