"""A generated slow site: an intranet's news over a year, about 7 views an hour, with tastes that models can find.

Session, login, device, region and texts are known together. Users like one to three of ten topics; an article draws
those who like its topic, most in the days after its publication; some views follow what colleagues have just read. The
same seed gives the same log on every machine.

>>> log = make(views=200, users=20, articles=30, days=20)
>>> len(log.views), log.views.columns[:4]
(200, ['user_id', 'session_id', 'page', 'time_ms'])
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.tables import TIME, table_path

START_MS = 1_640_995_200_000  # 2022-01-01, a Saturday
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
REACH_MS = 60 * DAY_MS  # older articles are not read
TOPICS = {
    "nuvem": "nuvem servidor contêiner rede disco cópia",
    "dados": "dados modelo estatística tabela consulta painel",
    "pessoas": "férias benefício equipe carreira mentoria turma",
    "produto": "produto cliente pesquisa protótipo tela entrevista",
    "seguranca": "senha ataque fraude chave acesso auditoria",
    "vendas": "contrato proposta meta carteira preço margem",
    "moveis": "celular aplicativo bateria câmera tela loja",
    "financas": "imposto fatura câmbio orçamento balanço custo",
    "cultura": "museu livro cinema música festa cozinha",
    "ciencia": "estudo vacina espaço energia clima laboratório",
}
SECTIONS = tuple(TOPICS)
HOURS = np.array([0, 0, 0, 0, 0, 0, 1, 3, 7, 10, 10, 9, 6, 8, 10, 10, 9, 8, 5, 3, 2, 1, 1, 0], np.float64) + 0.05
LOGGED, FOLLOWS, LIKING = 0.4, 0.25, 12.0  # share of users who log in, of views that follow others, pull of a taste
AGAIN = 0.02  # pull of an article that was read before


@dataclass(frozen=True)
class SlowSite:
    """The log: ``views`` by time (user_id, session_id, page, time_ms, device, region), ``users`` (user_id, logged),
    ``articles`` (page, url, title, caption, body, section, issued_ms)."""

    views: pl.DataFrame
    users: pl.DataFrame
    articles: pl.DataFrame


def make(
    *,
    views: int = 61_000,
    users: int = 1_900,
    articles: int = 3_000,
    days: int = 365,
    life_days: float = 3.0,
    seed: int = 7,
) -> SlowSite:
    """Draw a site.

    Args:
        life_days: time in which the interest in an article falls to 1/e, at the median.
    """
    rng = np.random.default_rng(seed)
    issued = np.sort(_work_times(rng, articles, days))
    topic, appeal = rng.integers(0, len(SECTIONS), articles), rng.lognormal(0.0, 1.0, articles)
    life = life_days * DAY_MS * rng.lognormal(0.0, 0.6, articles)
    reader, session, when = _visits(rng, views, users, days)
    tastes = rng.random((users, len(SECTIONS))).argsort(axis=1)[:, : int(rng.integers(1, 4))]
    liking = np.ones((users, len(SECTIONS)))
    np.put_along_axis(liking, tastes, LIKING, axis=1)
    page = _reads(rng, reader, when, issued, topic, appeal, life, liking)
    logged = rng.random(users) < LOGGED
    return SlowSite(
        _views_table(reader, session, page, when), _users_table(logged), _articles_table(rng, issued, topic)
    )


def _work_times(rng: np.random.Generator, count: int, days: int) -> np.ndarray:
    """Epoch milliseconds on workdays, in working hours."""
    day = rng.choice([day for day in range(days) if day % 7 not in (0, 1)] or [0], count)
    hour = rng.choice(24, count, p=HOURS / HOURS.sum())
    return START_MS + day * DAY_MS + ((hour + rng.random(count)) * HOUR_MS).astype(np.int64)


def _visits(rng: np.random.Generator, views: int, users: int, days: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """User, session and time of each view, by time: visits of one to a few views by users who come and go."""
    activity = rng.lognormal(0.0, 1.4, users)
    joins = rng.random(users) * 0.99 * days * (rng.random(users) < 0.7)
    length = rng.geometric(0.5, views)
    length = length[: int(np.searchsorted(np.cumsum(length), views)) + 1]
    owner = rng.choice(users, len(length), p=activity / activity.sum())
    owner[:users] = rng.permutation(users)[: len(owner)] if len(owner) >= users else owner[:users]
    start = _work_times(rng, len(length), days)
    share = (start - START_MS) / (days * DAY_MS)
    moved = START_MS + np.floor(joins[owner] + share * (days - joins[owner])) * DAY_MS + start % DAY_MS
    start = np.where((start - START_MS) / DAY_MS < joins[owner], moved, start).astype(np.int64)
    number = np.repeat(np.arange(len(length)), length)
    offset = np.concatenate([np.cumsum(rng.exponential(120_000, size)) for size in length]).astype(np.int64)
    when = start[number] + offset
    order = np.argsort(when, kind="stable")[:views]
    return owner[number][order], number[order], when[order]


def _reads(
    rng: np.random.Generator,
    reader: np.ndarray,
    when: np.ndarray,
    issued: np.ndarray,
    topic: np.ndarray,
    appeal: np.ndarray,
    life: np.ndarray,
    liking: np.ndarray,
) -> np.ndarray:
    """The article of each view: fresh, of a liked topic, mostly not read before; or what others have just read."""
    page, unread = np.zeros(len(reader), np.int64), np.ones((len(liking), len(issued)))
    pulls = liking[:, topic] * appeal
    for turn, (user, now) in enumerate(zip(reader.tolist(), when.tolist(), strict=True)):
        last = max(1, int(np.searchsorted(issued, now, "right")))
        alive = np.arange(min(int(np.searchsorted(issued, now - REACH_MS)), last - 1), last)
        if turn > 50 and rng.random() < FOLLOWS:
            alive = page[max(0, turn - 30) : turn]
        weight = pulls[user, alive] * np.exp(-(now - issued[alive]) / life[alive]) * unread[user, alive] + 1e-12
        edges = np.cumsum(weight)
        page[turn] = alive[min(int(np.searchsorted(edges, rng.random() * edges[-1])), len(alive) - 1)]
        unread[user, page[turn]] = AGAIN
    return page


def _views_table(reader: np.ndarray, session: np.ndarray, page: np.ndarray, when: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "user_id": [f"person-{row}" for row in reader.tolist()],
            "session_id": session,
            "page": [f"page-{row}" for row in page.tolist()],
            "time_ms": when,
            "device": [("desktop", "desktop", "desktop", "mobile")[number % 4] for number in session.tolist()],
            "region": [("SP", "MG", "PR")[row % 3] for row in reader.tolist()],
        }
    )


def _users_table(logged: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({"user_id": [f"person-{row}" for row in range(len(logged))], "logged": logged})


def _articles_table(rng: np.random.Generator, issued: np.ndarray, topic: np.ndarray) -> pl.DataFrame:
    names = [SECTIONS[code] for code in topic.tolist()]
    titles = [" ".join(rng.choice(TOPICS[name].split(), 4)) for name in names]
    return pl.DataFrame(
        {
            "page": [f"page-{row}" for row in range(len(names))],
            "url": [f"https://intranet.example/{name}/{row}" for row, name in enumerate(names)],
            "title": titles,
            "caption": [""] * len(names),
            "body": [
                f"{title}. {' '.join(rng.choice(TOPICS[name].split(), 12))}"
                for title, name in zip(titles, names, strict=True)
            ],
            "section": names,
            "issued_ms": issued,
        }
    )


def write_refined(folder: Path, site: SlowSite) -> Path:
    """The same as refined tables, for steps that begin after refine."""
    folder.mkdir(parents=True, exist_ok=True)
    users = site.users.with_row_index(c.USER)
    articles = site.articles.with_row_index(c.ARTICLE)
    rows = site.views.join(users.select("user_id", c.USER), on="user_id", how="left", maintain_order="left")
    rows = rows.join(articles.select("page", c.ARTICLE), on="page", how="left", maintain_order="left")
    reads = rows.group_by(c.USER).len(c.READS)
    users.join(reads, on=c.USER, how="left", maintain_order="left").select(
        c.USER,
        pl.col("user_id").alias(c.USER_ID),
        pl.when("logged").then(pl.lit(c.LOGGED)).otherwise(pl.lit(c.NOT_LOGGED)).alias(c.USER_TYPE),
        pl.col(c.READS).fill_null(0).cast(pl.UInt32),
    ).write_parquet(table_path(folder, "users"))
    articles.select(
        c.ARTICLE,
        pl.col("page").alias(c.ARTICLE_ID),
        *(c.URL, c.TITLE, c.CAPTION, c.BODY),
        pl.col("issued_ms").cast(TIME).alias(c.ISSUED),
        c.SECTION,
        pl.lit("").alias(c.REGION),
    ).write_parquet(table_path(folder, "articles"))
    one = (c.CLICKS, c.VISITS, c.ENGAGEMENT)
    rows.select(
        c.USER,
        c.ARTICLE,
        pl.col("time_ms").cast(TIME).alias(c.TIMESTAMP),
        pl.lit(None, pl.Float32).alias(c.SECONDS),
        pl.lit(1.0, pl.Float32).alias(c.CLICKS),
        pl.lit(None, pl.Float32).alias(c.SCROLL),
        *(pl.lit(1.0, pl.Float32).alias(name) for name in one[1:]),
        pl.col("session_id").cast(pl.Int64).alias(c.SESSION),
        *(pl.col(name).rank("dense").cast(pl.Int16).alias(name) for name in (c.REGION, c.DEVICE)),
    ).write_parquet(table_path(folder, "interactions"))
    return folder
