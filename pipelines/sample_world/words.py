"""The vocabulary of the generated world, read from words.toml and regions.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).parent
REGIONAL = "regional"


@dataclass(frozen=True)
class Topic:
    """What articles of one topic are about; the words differ from those of every other topic."""

    section: str
    name: str
    actors: tuple[str, ...]
    acts: tuple[str, ...]
    things: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A place news comes from: its state's code, its part of the url, its name."""

    state: str
    slug: str
    name: str


@dataclass(frozen=True)
class Words:
    """All topics (national ones first, then the regional ones) and all places.

    Attributes:
        section_weights: share of each section among national articles.
        states: state codes, in order; a region is a row of it.
        state_weights: float64[n_states], share of each state among regional articles.
    """

    topics: tuple[Topic, ...]
    section_weights: dict[str, float]
    states: tuple[str, ...]
    state_weights: npt.NDArray[np.float64]
    places: tuple[Place, ...]

    @property
    def n_national(self) -> int:
        """How many topics are national; rows from here on are regional."""
        return sum(topic.section != REGIONAL for topic in self.topics)


def _topic(section: str, name: str, entry: dict[str, str]) -> Topic:
    return Topic(section, name, *(tuple(entry[key].split("|")) for key in ("actors", "acts", "things", "terms")))


@cache
def words() -> Words:
    """The vocabulary; read once."""
    text = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
    states = tomllib.loads((FOLDER / "regions.toml").read_text(encoding="utf-8"))
    return Words(
        topics=tuple(
            _topic(section, name, entry) for section, topics in text["topic"].items() for name, entry in topics.items()
        ),
        section_weights=text["sections"],
        states=tuple(states),
        state_weights=np.array([entry["weight"] for entry in states.values()]),
        places=tuple(
            Place(code, slug, name) for code, entry in states.items() for slug, name in entry["places"].items()
        ),
    )
