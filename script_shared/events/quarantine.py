"""Which clicks and impressions were found bad: rules in the log, by which every process leaves the same ones out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from script_shared.events.entry import Entry, Kind, user_digest
from script_shared.events.person import session_name

_JUDGED = (Kind.CLICK, Kind.IMPRESSION)
_SETS = ("digests", "networks", "articles", "events")
_digest = lru_cache(20_000)(user_digest)


@dataclass(frozen=True)
class Rule:
    """Clicks and impressions of some people or networks, on some articles, within a stretch of time.

    Attributes:
        rule_id: the name of the rule.
        digests: of users and of sessions without a user, see ``user_digest``; no id is kept.
        networks: pseudonyms of networks, as the API notes them with events.
        articles: only on these; none for all.
        events: only these, by their ids; none for all.
        from_ms, until_ms: only of this time, both ends included.
    """

    rule_id: str
    digests: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    from_ms: int = 0
    until_ms: int = 0

    @classmethod
    def of(cls, entry: Entry) -> "Rule":
        """The rule of a QUARANTINE entry.

        Args:
            entry: a QUARANTINE entry that is not one taken back.
        """
        sets = {name: frozenset(entry.body.get(name, ())) for name in _SETS}
        return cls(entry.entry_id, **sets, from_ms=int(entry.body["from_ms"]), until_ms=int(entry.body["until_ms"]))

    def holds(self, entry: Entry) -> bool:
        """Whether an entry is to be left out.

        Args:
            entry: of any kind.
        """
        if entry.kind not in _JUDGED or not self.from_ms <= entry.time_ms <= self.until_ms:
            return False
        if self.articles and entry.article_id not in self.articles:
            return False
        if self.events and entry.entry_id not in self.events:
            return False
        return self._by_sender(entry)

    def _by_sender(self, entry: Entry) -> bool:
        if not self.digests and not self.networks:
            return True
        if entry.body.get("network") in self.networks:
            return True
        names = [name for name in (entry.user_id, session_name(str(entry.body.get("session") or ""))) if name]
        return bool(self.digests) and any(_digest(name) in self.digests for name in names)


@dataclass(frozen=True)
class Quarantine:
    """All rules that apply.

    Attributes:
        rules: by their ids.
        known: ids of all QUARANTINE entries that were taken over, those that take a rule back too.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Quarantine":
        """The result of QUARANTINE entries, in order.

        Args:
            entries: QUARANTINE entries in the order of the log.
        """
        found = cls()
        for entry in entries:
            found = found.after(entry)
        return found

    def after(self, entry: Entry) -> "Quarantine":
        """The same after one more QUARANTINE entry: a rule, or one taken back.

        Args:
            entry: a QUARANTINE entry that follows those that are known.
        """
        known = self.known | {entry.entry_id}
        if (undone := entry.body.get("undo")) is not None:
            return Quarantine({name: rule for name, rule in self.rules.items() if name != undone}, known)
        return Quarantine({**self.rules, entry.entry_id: Rule.of(entry)}, known)

    def holds(self, entry: Entry) -> bool:
        """Whether an entry is to be left out.

        Args:
            entry: of any kind; only clicks and impressions are left out.
        """
        if not self.rules:  # the usual case; this runs for every folded entry
            return False
        return any(rule.holds(entry) for rule in (*self._of_events.get(entry.entry_id, ()), *self._of_many))

    @cached_property
    def _of_events(self) -> dict[str, list[Rule]]:
        """Rules about single events by their ids, so that thousands of corrections cost an entry nothing."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            for event in rule.events:
                found.setdefault(event, []).append(rule)
        return found

    @cached_property
    def _of_many(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules.values() if not rule.events)
