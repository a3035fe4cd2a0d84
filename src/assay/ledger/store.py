"""The two stores under one code path: SQLite embedded, PostgreSQL for a team.

Makes engines, the journal and vault tables and the triggers that refuse to change or delete
an entry, or to lose a personal record outside of forgetting. Column types keep decimals and instants exact on both. Knows nothing of what
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

from assay.core import (
    BrokenPromise,
    Finding,
    Severity,
    decimal_of,
    decimal_text,
    digest,
    utc,
)

#: Seconds that a writer of an embedded store waits for its turn.
SQLITE_PATIENCE = 30


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
        """What the database stores; NaN and infinities are refused on both."""
        if value is None:
            return None
        exact = decimal_of(value)
        return exact if dialect.name == "postgresql" else decimal_text(exact)

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
        try:
            return _stored_instant(value)
        except ValueError:
            way_out = "the stored time was changed: run assay ledger check, restore the backup"
            raise BrokenPromise(
                Finding("journal.changed", Severity.ERROR, f"time {value!r}", way_out)
            ) from None


def _stored_instant(text: str) -> datetime:
    """The instant of the one shape that is stored; a blotter reads it a thousand times."""
    instant = datetime.fromisoformat(text)
    if text != instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z":
        raise ValueError(text)
    return instant.replace(tzinfo=UTC)


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
    sa.Column("kept_since", Instant, nullable=False),
)

#: What the book's tables looked like when they were made; another look means: fold anew.
book_shape = sa.Table(
    "book_shape",
    JOURNAL_TABLES,
    sa.Column("shape", sa.Text, primary_key=True),
)

_REFUSAL = "the journal is append-only: add a correcting entry"
_KEPT = "the vault keeps it: a record is emptied after its time by an entry that says so"
_THERE_ALREADY = "EXISTS (SELECT 1 FROM vault WHERE reference = NEW.reference)"
_FORGETTING = "evidence.shredded/1"
#: A vault row may only lose its record, after the entry that says so and never before five years.
_FORGOTTEN = (
    "NEW.record IS NULL AND NEW.reference = OLD.reference AND NEW.kept_since = OLD.kept_since "
    "AND EXISTS (SELECT 1 FROM journal WHERE kind = '{kind}' AND {names} AND {over})"
)
_SQLITE_FORGOTTEN = _FORGOTTEN.format(
    kind=_FORGETTING,
    names="instr(content, OLD.reference) > 0",
    over="recorded_at >= printf('%04d', substr(OLD.kept_since, 1, 4) + 5) || substr(OLD.kept_since, 5)",
)
_POSTGRES_FORGOTTEN = _FORGOTTEN.format(
    kind=_FORGETTING,
    names="position(OLD.reference in content) > 0",
    over="recorded_at >= OLD.kept_since + interval '5 years'",
)
_AT_THE_END = (
    "NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal) "
    "OR EXISTS (SELECT 1 FROM journal WHERE digest = NEW.digest)"
)
#: Trigger name -> statement. SQLite's REPLACE deletes without asking the delete trigger,
#: so that an insert anywhere but at the end is refused as well.
_SQLITE_GUARDS = {
    **{
        f"journal_no_{act}": f"CREATE TRIGGER journal_no_{act} BEFORE {act.upper()} ON journal "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for act in ("update", "delete")
    },
    "journal_only_append": "CREATE TRIGGER journal_only_append BEFORE INSERT ON journal "
    f"WHEN {_AT_THE_END} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "vault_no_delete": "CREATE TRIGGER vault_no_delete BEFORE DELETE ON vault "
    f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
    "vault_only_forgets": "CREATE TRIGGER vault_only_forgets BEFORE UPDATE ON vault "
    f"WHEN NOT ({_SQLITE_FORGOTTEN}) BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
    "vault_no_replace": "CREATE TRIGGER vault_no_replace BEFORE INSERT ON vault "
    f"WHEN {_THERE_ALREADY} BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
}
_POSTGRES_FUNCTIONS = {
    "journal_refuse": f"""CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$""",
    "journal_refuse_unless_last": f"""CREATE FUNCTION journal_refuse_unless_last()
    RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_AT_THE_END} THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$""",
    "vault_refuse": f"""CREATE FUNCTION vault_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_KEPT}'; END $$""",
    "vault_refuse_unless_forgotten": f"""CREATE FUNCTION vault_refuse_unless_forgotten()
    RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT ({_POSTGRES_FORGOTTEN}) THEN RAISE EXCEPTION '{_KEPT}'; END IF; RETURN NEW; END $$""",
}
_POSTGRES_GUARDS = {
    "journal_no_change": """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE
    ON journal FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    "journal_no_truncate": """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE
    ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    "journal_only_append": """CREATE TRIGGER journal_only_append BEFORE INSERT
    ON journal FOR EACH ROW EXECUTE FUNCTION journal_refuse_unless_last()""",
    "vault_no_delete": """CREATE TRIGGER vault_no_delete BEFORE DELETE
    ON vault FOR EACH ROW EXECUTE FUNCTION vault_refuse()""",
    "vault_no_truncate": """CREATE TRIGGER vault_no_truncate BEFORE TRUNCATE
    ON vault FOR EACH STATEMENT EXECUTE FUNCTION vault_refuse()""",
    "vault_only_forgets": """CREATE TRIGGER vault_only_forgets BEFORE UPDATE
    ON vault FOR EACH ROW EXECUTE FUNCTION vault_refuse_unless_forgotten()""",
}
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
            engine = sa.create_engine(
                self.url,
                pool_pre_ping=True,
                hide_parameters=True,
                isolation_level="READ COMMITTED",
                connect_args={"connect_timeout": 10},
            )
            sa.event.listen(engine, "connect", _prepare_postgres)
            return engine
        engine = sa.create_engine(
            self.url, connect_args={"timeout": SQLITE_PATIENCE}, hide_parameters=True
        )
        sa.event.listen(engine, "connect", _prepare_sqlite if writes else _prepare_sqlite_reader)
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        sa.event.listen(engine, "begin", lambda connection: _begin(connection, begin))
        return engine

    def create(self) -> None:
        """Make a new store: tables, triggers and an empty book. An old one is left alone."""
        with self.write() as connection:
            if sa.inspect(connection).has_table("journal"):
                return
            JOURNAL_TABLES.create_all(connection)
            guards = _SQLITE_GUARDS if self.sqlite else _POSTGRES_FUNCTIONS | _POSTGRES_GUARDS
            for statement in guards.values():
                connection.execute(sa.text(statement))
            make_book(connection)

    def exists(self) -> bool:
        """Whether there is a journal here."""
        with self._writers.begin() as connection:
            return bool(sa.inspect(connection).has_table("journal"))

    def missing_guards(self, connection: Connection) -> list[str]:
        """Triggers that should refuse changes of journal and vault, but are gone, off or altered."""
        if self.sqlite:
            stated = _pairs(
                connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            )
            return [name for name, sql in _SQLITE_GUARDS.items() if stated.get(name) != sql]
        enabled = _pairs(
            connection,
            "SELECT tgname, tgenabled FROM pg_trigger "
            "WHERE tgrelid IN ('journal'::regclass, 'vault'::regclass)",
        )
        gone = [name for name in _POSTGRES_GUARDS if enabled.get(name) not in {"O", "A"}]
        stated = _pairs(
            connection,
            "SELECT proname, prosrc FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
            "WHERE n.nspname = current_schema() AND proname LIKE '%\\_refuse%'",
        )
        for name, statement in _POSTGRES_FUNCTIONS.items():
            if stated.get(name) != statement.split("$$")[1]:
                gone.append(name)
        return gone

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction of the only writer; others wait their turn."""
        with self._writers.begin() as connection:
            if not self.sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for queries; the database refuses writes in it."""
        with self._readers.connect() as connection:
            if not self.sqlite:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._readers.dispose()
        self._writers.dispose()


def sort_by_bytes(tables: sa.MetaData) -> None:
    """Text of these tables sorts by its bytes on both stores, whatever the server's language."""
    for table in tables.tables.values():
        for column in table.columns:
            if type(column.type) is sa.Text and column.type.collation is None:
                kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
                column.type = kind


def shape_of_book() -> str:
    """A digest of the book's tables and columns, to notice a book of another version."""
    shape = [
        [table.name, [[column.name, str(column.type)] for column in table.columns]]
        for table in BOOK_TABLES.sorted_tables
    ]
    return digest(shape)


def book_is_current(connection: Connection) -> bool:
    """Whether the book was made with the tables that this program has."""
    return list(connection.execute(sa.select(book_shape.c.shape)).scalars()) == [shape_of_book()]


def make_book(connection: Connection) -> None:
    """Drop the book's tables and make them anew, empty."""
    BOOK_TABLES.drop_all(connection)
    BOOK_TABLES.create_all(connection)
    connection.execute(book_shape.delete())
    connection.execute(book_shape.insert(), {"shape": shape_of_book()})


def _pairs(connection: Connection, query: str) -> dict[str, str]:
    return {str(name): str(said) for name, said in connection.execute(sa.text(query))}


def _prepare_postgres(connection: Any, _record: Any) -> None:
    """Acknowledged means on disk, whatever the server's default says; times are UTC."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SET timezone = 'UTC'")
    connection.autocommit = False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_sqlite_reader(connection: Any, record: Any) -> None:
    _prepare_sqlite(connection, record)
    connection.execute("PRAGMA query_only=ON")


def _begin(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
