"""A made-up stream with a planted truth: in every visit the first article is followed by its partner."""

import numpy as np

from pipelines.news.replay.stream import Stream

START_MS = 1_660_000_000_000
PAIRS = 30


def planted(visits: int = 600, seed: int = 1) -> Stream:
    """Visits of two clicks by new users: a random article of ``PAIRS``, a minute later its partner."""
    draw = np.random.default_rng(seed)
    first = draw.integers(0, PAIRS, visits)
    begin = START_MS + np.arange(visits) * 90_000
    time_ms = np.concatenate([begin, begin + 60_000])
    article = np.concatenate([first, first + PAIRS])
    order = np.argsort(time_ms, kind="stable")
    user = np.tile(np.arange(visits), 2)
    return made(time_ms[order], user[order], article[order], user[order])


def made(time_ms: np.ndarray, user: np.ndarray, article: np.ndarray, session: np.ndarray) -> Stream:
    n, users = len(user), int(user.max()) + 1
    ids = [f"a{row}" for row in range(int(article.max()) + 1)]
    return Stream(
        time_ms.astype(np.int64),
        user,
        article,
        session.astype(np.int64),
        {"region": np.zeros(n, np.int64), "device": user % 2},
        np.ones(n, np.float32),
        [f"u{row}" for row in range(users)],
        ids,
        np.arange(users) % 3 == 0,
        [],
    )
