"""The release in service, and how a newer one takes its place without a request noticing.

The pointer is looked at every ``poll_seconds``. When it names another release, that one is fetched, loaded and checked
in a thread beside the old one, and takes over in one assignment; requests under way end on the old one. A release that
fails is refused; the old one stays in service. It is tried again when the pointer changes or on ``POST /model/reload``;
where the failure was not the release's own (store unreachable, disk full), again after a pause that doubles.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from app.catch_up import Bounds
from app.dating import Dating
from app.following import Following
from app.release_guard import ReleaseGuard, Verdict
from app.served import Refusal, Served, examples
from app.store_state import StoreState
from app.telemetry import Telemetry
from app.turn_taking import TurnTaking
from script_shared.clock import Clock, clock_of, wall_ms
from script_shared.errors import PautaError, ReleaseCorruptError, SourceError, UnavailableError
from script_shared.gently import Wait, gently
from script_shared.news.live.assignment import assignment_of
from script_shared.news.live.loading import load_newsroom, load_ranker
from script_shared.news.live.mixing import load_mixing
from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.recommend import LiveRecommender
from script_shared.news.live.state import LiveState
from script_shared.news.live.texts import Vectoriser
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.releases import Kept, Manifest, Pointer, Releases
from script_shared.settings import Settings
from script_shared.storage.local import locked

log = logging.getLogger("pauta.live")
LONGEST_PAUSE_SECONDS = 60.0
CLOCK_SECONDS = 5.0  # an event that arrives while the first release is being loaded waits so long
TURN_SECONDS = 900.0  # the other worker processes load first
PASSING = (UnavailableError, SourceError, OSError, MemoryError)  # not the release's fault: worth trying again


class Live:
    """Holds the release in service and keeps it current.

    Args:
        following: the event log's side, None for none.
        guard: has releases tried before they are served, None to take them as they are.
        shared: folder that the worker processes of one service share; they load one after the other.
    """

    def __init__(
        self,
        releases: Releases,
        telemetry: Telemetry,
        poll_seconds: float,
        *,
        following: Following | None = None,
        params: NewsParams | None = None,
        shared: Path | None = None,
        settings: Settings | None = None,
        guard: ReleaseGuard | None = None,
    ) -> None:
        self.releases = releases
        self._guard = guard
        self._turn = shared / "loading" if shared is not None else None
        self._following = following
        self._settings = settings or Settings()
        self._params = params or load_params(NewsParams, FILE)
        self.served: Served | None = None
        self.refusal: Refusal | None = None
        self.store = StoreState(telemetry.releases)
        self._kept: Kept | None = None
        self._telemetry = telemetry
        self._poll_seconds = poll_seconds
        self._lock = asyncio.Lock()
        self._failures = 0
        self._nothing_promoted = False

    def require(self) -> Served:
        """The release in service.

        Raises:
            UnavailableError: none is loaded yet; the message says why.
        """
        if self.served is None:
            raise UnavailableError(f"No release is in service: {self.reason()}", fix="Try again in a few seconds.")
        return self.served

    async def clock(self) -> Clock:
        """The clock on which events are dated: the release's, wall time while none has been promoted.

        Raises:
            UnavailableError: a release is there, but was not loaded within a few seconds.
        """
        until = time.monotonic() + CLOCK_SECONDS
        while self.served is None:
            if self._nothing_promoted:
                return Clock("wall", 0)
            if time.monotonic() > until:
                raise UnavailableError(f"No release is in service: {self.reason()}", fix="Try again in a few seconds.")
            await asyncio.sleep(0.05)
        return self.served.model.clock

    async def dating(self, *, by_site: bool, believed: bool = True) -> Dating:
        """The times that a request may write now.

        Args:
            by_site: whether it carries the admin token or the signature of the site.
            believed: whether the users of others are signs that the site is live.

        Raises:
            UnavailableError: as ``clock`` does.
        """
        clock = await self.clock()
        late_hours = self._settings.events_max_late_hours
        return Dating.of(clock, late_hours, by_site=by_site, believed=believed, marked=self.served is None)

    def reason(self) -> str:
        """Why there is no (newer) release in service, in one sentence."""
        if self.store.error:
            return f"the release store cannot be read ({self.store.error})."
        if self.refusal:
            return f"release {self.refusal.release} was refused ({self.refusal.reason})."
        return "no release has been promoted yet, or the first one is being loaded."

    async def watch(self) -> None:
        """Look at the pointer for ever; ends when cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._doubled(self._failures))

    async def look(self, *, force: bool = False) -> bool:
        """Look at the pointer once and take what it names into service, when it is new or ``force``; True if taken."""
        async with self._lock:
            pointer = await self._current()
            self._without_release(pointer)
            if self.store.error and self.served is None:
                return await self._take_kept()
            if pointer is None or not (force or self._wanted(pointer)):
                return False
            return await self._take(pointer)

    def _without_release(self, pointer: Pointer | None) -> None:
        """Before the first release, events are folded, too."""
        self._nothing_promoted = pointer is None and self.store.error is None
        following = self._following
        if (
            self._nothing_promoted
            and following is not None
            and (following.newsroom is None or following.must_fold_again)
        ):
            newsroom = Newsroom(LiveState(self._params.live))
            if following.newsroom is not None:
                newsroom.leave_out(following.newsroom.quarantine)
            following.adopt(newsroom)

    async def _current(self) -> Pointer | None:
        try:
            pointer = await asyncio.to_thread(self.releases.current)
        except Exception as error:  # noqa: BLE001  the watch must outlive whatever the store does
            self._failures += 1
            self.store.failed(_say(error))
            return None
        self._failures = 0
        self.store.answered()
        return pointer

    def _wanted(self, pointer: Pointer) -> bool:
        if self.served is not None and self.served.release == pointer.version:
            self.refusal = None  # the pointer came back to what is served
            following = self._following  # loaded while the log was unreachable, or before clicks were found bad
            return following is not None and (following.can_be_whole or following.must_fold_again)
        refusal = self.refusal
        if refusal is None or (refusal.release, refusal.sequence) != (pointer.version, pointer.sequence):
            return True
        return not refusal.final and time.monotonic() >= refusal.retry_at

    async def _take(self, pointer: Pointer) -> bool:
        try:
            served = await self._in_thread(pointer, pointer.version)
        except Exception as error:  # noqa: BLE001  any failure of a load leaves the old release in service
            self._refuse(pointer, error)
            if self.served is None and self.refusal is not None and self.refusal.final:
                await self._take_earlier(pointer)
                if self.served is None:
                    await self._take_parts(pointer)
            return False
        self.refusal = None
        await self._swap(served)
        return True

    async def _take_earlier(self, pointer: Pointer) -> None:
        """At the start there is no old release that could serve on: take the one that was in service before."""
        for version in pointer.earlier():
            try:
                await self._swap(await self._in_thread(pointer, version))
            except Exception as error:  # noqa: BLE001  as above
                log.error("release %s cannot be used as a substitute: %s", version, _say(error))
            else:
                return

    async def _take_parts(self, pointer: Pointer) -> None:
        """Where nothing else can be served, a release is better than nothing without its ranker or its snapshot."""
        try:
            await self._swap(await self._in_thread(pointer, pointer.version, in_part=True))
        except Exception as error:  # noqa: BLE001  as above
            log.error("release %s cannot be served in part: %s", pointer.version, _say(error))

    async def _take_kept(self) -> bool:
        """At the start without the store: take what was in service on this machine last, where the cache has it."""
        self._kept = await asyncio.to_thread(self.releases.kept)
        if self._kept is None:
            return False
        version = self._kept.manifest.version
        try:
            await self._swap(await self._in_thread(self._kept.pointer, version))
        except Exception as error:  # noqa: BLE001  as above
            log.error("release %s cannot be served from the cache: %s", version, _say(error))
            return False
        finally:
            self._kept = None
        self.store.from_cache = True
        log.warning("release %s is served from the cache: the release store cannot be read", version)
        return True

    async def _swap(self, served: Served) -> None:
        if self._following is not None:
            await self._following.hand_over(served.recommender.newsroom, served.model.clock, served.vectoriser)
        old, self.served = self.served, served
        self._count(old, served)
        log.info("release %s in service after %.2f s", served.release, served.load_seconds)

    async def _in_thread(self, pointer: Pointer, version: str, *, in_part: bool = False) -> Served:
        wait = TurnTaking(asyncio.get_running_loop())
        return await asyncio.to_thread(self._load, pointer, version, wait, in_part=in_part)

    def _load(self, pointer: Pointer, version: str, wait: Wait, *, in_part: bool) -> Served:
        if self.served is None:
            return self._loaded(pointer, version, in_part=in_part)
        with self._my_turn(), gently(wait):
            return self._loaded(pointer, version, in_part=in_part)

    def _my_turn(self) -> AbstractContextManager[None]:
        return locked(self._turn, TURN_SECONDS) if self._turn is not None else nullcontext()

    def _loaded(self, pointer: Pointer, version: str, *, in_part: bool) -> Served:
        started = time.perf_counter()
        folder, manifest = self._files(version)
        verdict = self._checked(folder, manifest, in_part=in_part)
        model = NewsModel.load(folder, version)
        model.clock = clock_of(model.facts, self._settings.clock)
        model.check()
        some, vectoriser = examples(model), Vectoriser.of(model)
        recommender = self._recommender(folder, model, vectoriser, verdict.parts)
        gc.collect()
        gc.freeze()  # keeps collections from scanning the release; reference counting frees it
        seconds = time.perf_counter() - started
        if version == pointer.version:
            self.releases.keep(pointer, manifest)
        return Served(model, recommender, vectoriser, manifest, pointer, some, wall_ms(), seconds)

    def _files(self, version: str) -> tuple[Path, Manifest]:
        if self._kept is not None:
            return self._kept.folder, self._kept.manifest
        return self.releases.fetch(version), self.releases.manifest(version)

    def _checked(self, folder: Path, manifest: Manifest, *, in_part: bool) -> Verdict:
        """What another process found when it tried the release.

        Raises:
            ReleaseCorruptError: the release is damaged, or a part of it that it may only lack ``in_part``.
        """
        verdict = self._guard.verdict(folder, manifest) if self._guard is not None else Verdict()
        if verdict.reason or (verdict.parts and not in_part):
            raise ReleaseCorruptError(verdict.text, fix="The check before service failed: train again.")
        return verdict

    def _recommender(
        self, folder: Path, model: NewsModel, vectoriser: Vectoriser | None, without: Mapping[str, str]
    ) -> LiveRecommender:
        """The release's live part, brought up to what the event log says; ``without`` parts that are damaged."""
        params, assignment = self._params, assignment_of(model)
        newsroom, no_snapshot = load_newsroom(folder, params.live, assignment, empty="live" in without)
        ranker, no_ranker = (None, ("ranker",)) if "ranker" in without else load_ranker(folder)
        mixing, no_mixing = load_mixing(folder, params.serving)
        if self._following is not None:
            bounds = Bounds(model.params.pool.max_age_hours, self._params.serving.max_shown, model.catalog)
            self._following.gather(newsroom, vectoriser, model.clock, bounds)
        missing = (*no_snapshot, *no_ranker, *no_mixing)
        return LiveRecommender(model, newsroom, ranker, self._params.serving, mixing=mixing, missing=missing)

    def _refuse(self, pointer: Pointer, error: Exception) -> None:
        final, before = not isinstance(error, PASSING), self.refusal
        tries = before.tries + 1 if before and before.sequence == pointer.sequence else 1
        retry_at = time.monotonic() + self._doubled(tries)
        self.refusal = Refusal(pointer.version, pointer.sequence, _say(error), wall_ms(), final, tries, retry_at)
        self._telemetry.releases.refusals.inc()
        log.error("release %s refused: %s", pointer.version, self.refusal.reason, exc_info=None if final else error)

    def _count(self, old: Served | None, new: Served) -> None:
        self._telemetry.releases.swapped(
            old.release if old else None,
            new.release,
            created=new.manifest.created_at.timestamp(),
            clock=new.model.clock,
            seconds=new.load_seconds,
        )

    def _doubled(self, failures: int) -> float:
        """Seconds to wait: the poll interval, doubled with every failure in a row."""
        return float(min(LONGEST_PAUSE_SECONDS, self._poll_seconds * 2 ** min(failures, 10)))


def _say(error: Exception) -> str:
    return error.logged if isinstance(error, PautaError) else f"{type(error).__name__}: {error}"
