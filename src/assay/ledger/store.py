"""The two stores under one code path: SQLite embedded, PostgreSQL for a team.

Makes engines, the journal table and the triggers that refuse to change or delete an
entry. Column types keep decimals and instants exact on both. Knows nothing of what
the entries mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine

from assay.core import decimal_text, utc


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal that comes back digit for digit: TEXT on SQLite, NUMERIC on PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """The column type of this database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Numeric())
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """What the database stores."""
        if value is None or dialect.name == "postgresql":
            return value
        return decimal_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """What comes back."""
        del dialect
        return None if value is None else Decimal(value)


class Instant(sa.types.TypeDecorator[datetime]):
    """A UTC instant: sortable text on SQLite, TIMESTAMPTZ on PostgreSQL; never naive."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """The column type of this database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What the database stores."""
        if value is None:
            return None
        moment = utc(value)
        if dialect.name == "postgresql":
            return moment
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What comes back."""
        del dialect
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


#: The journal: the only table whose rows are facts. Everything else is a fold of it.
JOURNAL_TABLES = sa.MetaData()
#: The book: tables that can be thrown away and rebuilt from the journal.
BOOK_TABLES = sa.MetaData()

journal = sa.Table(
    "journal",
    JOURNAL_TABLES,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("commitment", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("recorded_at", Instant, nullable=False, index=True),
)

#: Personal records outside the journal, bound by salted hash; the one table that forgets.
vault = sa.Table(
    "vault",
    JOURNAL_TABLES,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("record", sa.LargeBinary, nullable=True),
)

_SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS journal_no_{act} BEFORE {act.upper()} ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only: add a correcting entry'); END"
    for act in ("update", "delete")
)
_POSTGRES_GUARDS = (
    """CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the journal is append-only: add a correcting entry'; END $$""",
    """CREATE OR REPLACE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    """CREATE OR REPLACE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
)
#: Any number that no other program on the server uses: the writers' queue.
_WRITER_LOCK = 7_263_415_001


def sqlite_url(path: Path) -> str:
    """The address of an embedded store."""
    return f"sqlite:///{path}"


class Store:
    """One database with a journal in it. Writers queue up; readers see a consistent state."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `url` (``sqlite:///...`` or ``postgresql://...``)."""
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self._readers = self._engine(writes=False)
        self._writers = self._readers if not self.sqlite else self._engine(writes=True)

    def _engine(self, *, writes: bool) -> Engine:
        if not self.sqlite:
            return sa.create_engine(self.url, pool_pre_ping=True, isolation_level="READ COMMITTED")
        engine = sa.create_engine(self.url, connect_args={"timeout": 30})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        sa.event.listen(engine, "begin", lambda connection: _begin(connection, begin))
        return engine

    def create(self) -> None:
        """Make the tables and the triggers where they are missing."""
        with self._writers.begin() as connection:
            if not self.sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
            JOURNAL_TABLES.create_all(connection)
            BOOK_TABLES.create_all(connection)
            for statement in _SQLITE_GUARDS if self.sqlite else _POSTGRES_GUARDS:
                connection.execute(sa.text(statement))

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction of the only writer; others wait their turn."""
        with self._writers.begin() as connection:
            if not self.sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for queries; writes nothing."""
        with self._readers.connect() as connection:
            if not self.sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._readers.dispose()
        self._writers.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
