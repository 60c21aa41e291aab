"""The tables of the log database, for SQLite and PostgreSQL alike, and the index of the session in an entry's body."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.ext.compiler import compiles

from script_shared.events.entry import Kind
from script_shared.names import MAX_ID

METADATA = MetaData()
SESSION_INDEX = "pauta_entries_session"
_SEQ = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER
_ARTICLE = text(f"kind = {int(Kind.ARTICLE)}")

ENTRIES = Table(
    "pauta_entries",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("entry_id", String(MAX_ID), nullable=False, unique=True),
    Column("kind", SmallInteger, nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("user_id", String(MAX_ID), nullable=False),
    Column("article_id", String(MAX_ID), nullable=False),
    Column("body", JSON, nullable=False),
    Index("pauta_entries_user", "user_id"),
    Index("pauta_entries_time", "time_ms"),
    Index("pauta_entries_article", "seq", sqlite_where=_ARTICLE, postgresql_where=_ARTICLE),  # few among the clicks
    sqlite_autoincrement=True,  # a number is never given twice, even after the newest entry was erased
)

DAY_KEYS = Table(  # of today and yesterday; older ones are deleted, so that old pseudonyms identify nothing
    "pauta_day_keys",
    METADATA,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary(32), nullable=False),
)
SERVED = Table(  # lists as they were served, beside the sequence of entries: nobody folds them
    "pauta_served",
    METADATA,
    Column("number", _SEQ, primary_key=True, autoincrement=True),
    Column("answer", LargeBinary(12), nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("user_id", String(MAX_ID), nullable=False),
    Column("session", String(MAX_ID), nullable=False),
    Column("user_key", Integer, nullable=False),  # of the names: an index of the names would be larger than the lists
    Column("session_key", Integer, nullable=False),
    Column("names", LargeBinary, nullable=False),  # numbers of the segment, the source, the release and the pages
    Index("pauta_served_time", "time_ms"),
    Index("pauta_served_user", "user_key"),
    Index("pauta_served_session", "session_key"),
    sqlite_autoincrement=True,
)

SERVED_NAMES = Table(  # the texts that served lists name by number
    "pauta_served_names",
    METADATA,
    Column("number", _SEQ, primary_key=True, autoincrement=True),
    Column("name", String(MAX_ID), nullable=False, unique=True),
)

ARTICLES = Table(  # what ARTICLE entries say, merged; written with them
    "pauta_articles",
    METADATA,
    Column("article_id", String(MAX_ID), primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("posted_ms", BigInteger, nullable=False),
    Column("needed_ms", BigInteger, nullable=False),
    Column("text_seq", BigInteger, nullable=False),
    Column("vector_seq", BigInteger, nullable=False),
    Column("facts", JSON, nullable=False),
    Index("pauta_articles_needed", "needed_ms"),
    Index("pauta_articles_last", "last_seq"),
)

HITS = Table(  # clicks that were credited to answers, summed up by quarters of an hour and segment
    "pauta_hits",
    METADATA,
    Column("bucket_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("segment", String(64), primary_key=True),
    Column("clicks", Integer, nullable=False),
    Column("served", Integer, nullable=False),
    Column("popular", Integer, nullable=False),
)

TOKENS = Table(  # named tokens; ended ones are kept, so that names in records can be resolved
    "pauta_tokens",
    METADATA,
    Column("number", _SEQ, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("use_cases", String(512), nullable=False),  # names separated by commas; "" for all
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(128), nullable=False),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    Column("used_ms", BigInteger),
    sqlite_autoincrement=True,
)

SESSIONS = Table(  # logins in browsers; a row is deleted when one ends
    "pauta_sessions",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("use_cases", String(512), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)

AUDIT = Table(  # decisions, each with the hash of the previous one; rows are only added
    "pauta_audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", String(64), nullable=False, unique=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(256), nullable=False),
    Column("what", String(32), nullable=False),
    Column("use_case", String(128), nullable=False),
    Column("before", String(256), nullable=False),
    Column("after", String(256), nullable=False),
    Column("why", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # not JSON: the hash covers the text itself
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("pauta_audit_time", "at_ms"),
)

AUDIT_KEY = Table(  # key of the pseudonyms in entries about erasures
    "pauta_audit_key",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary(32), nullable=False),
)

CONFIGURATION = Table(  # settings and params that each kind of process had last; secrets only as keyed hashes
    "pauta_configuration",
    METADATA,
    Column("scope", String(160), primary_key=True),
    Column("state", Text, nullable=False),
)

RULES = Table(  # every version of every rule of the editors; the last one of a rule counts
    "pauta_rules",
    METADATA,
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("rule_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("body", JSON, nullable=False),
    Column("who", String(256), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("pauta_rules_version", "rule_id", "version", unique=True),
)

EXPERIMENTS = Table(  # versions of experiments; rows are only added
    "pauta_experiments",
    METADATA,
    Column("number", _SEQ, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("content", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("intervals", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("made_by", String(128), nullable=False),
    Column("why", Text, nullable=False),
    Index("pauta_experiments_version", "name", "version", unique=True),
    sqlite_autoincrement=True,
)

MARKS = Table(  # parts of experiments in served lists, beside them: most lists have none
    "pauta_served_marks",
    METADATA,
    Column("answer", LargeBinary(12), primary_key=True),
    Column("experiment", String(64), primary_key=True),
    Column("variant", String(64), nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
    Column("fallback", SmallInteger, nullable=False),
    Column("owners", LargeBinary, nullable=False),
    Column("pages", LargeBinary, nullable=False),  # numbers of the pages of a shadow's list
    Index("pauta_served_marks_time", "time_ms"),
)
WIDENED = ("entry_id", "user_id")  # columns that earlier versions made for 128 characters


class SessionKey(ColumnElement[str]):
    """``body.session`` of an entry, null where it names none.

    Written without parameters, because SQLite uses an index of an expression only where it finds the same one.
    """

    inherit_cache = True
    type = String()


@compiles(SessionKey, "sqlite")
def _sqlite(element: SessionKey, compiler: Any, **options: Any) -> str:
    return "json_extract(body, '$.session')"


@compiles(SessionKey, "postgresql")
def _postgresql(element: SessionKey, compiler: Any, **options: Any) -> str:
    return "(body ->> 'session')"


def index_statement(dialect: str) -> str:
    """SQL that makes the index where it is missing; only what names a session takes space in it."""
    key = _sqlite(SessionKey(), None) if dialect == "sqlite" else _postgresql(SessionKey(), None)
    return f"CREATE INDEX IF NOT EXISTS {SESSION_INDEX} ON pauta_entries ({key})"
