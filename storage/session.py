"""What a transaction is worked with: a session that reads, and one that also writes.

Hot statements (`Hot`) are compiled once per dialect from the SQLModel tables and run straight on
the driver's cursor; everything else goes through the ORM on the same connection. Both see the
same transaction. Neither commits: that is the `Database`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlmodel import Session as OrmSession
from sqlmodel import SQLModel

from storage.columns import to_json

_T = TypeVar("_T")
Table = TypeVar("Table", bound=SQLModel)
Processor = Callable[[Any], Any]
_place = attrgetter("place")

_DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark", json_serializer=to_json),
    "postgresql": psycopg.dialect(paramstyle="format", json_serializer=to_json),  # type: ignore[no-untyped-call]
}


# what a hot statement has changed meanwhile shows in an object that was loaded before, too
_FRESH = {"populate_existing": True}


class _Compiled:
    """SQL text, and what has to be done to values on their way in and out.

    Values are taken out of what they come in by one call (`itemgetter`, `attrgetter`), and only
    those that need it are converted: a new case binds about a hundred.
    """

    __slots__ = (
        "binders",
        "from_object",
        "from_row",
        "literals",
        "names",
        "places",
        "readers",
        "sql",
    )

    def __init__(self, statement: sa.Executable, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql: str = compiled.string
        self.names: tuple[str, ...] = tuple(compiled.positiontup)
        process = {
            name: processor
            for bind, name in compiled.bind_names.items()
            if (processor := _binder(bind.type, compiled._bind_processors.get(name))) is not None
        }
        self.binders = tuple(
            (index, process[name]) for index, name in enumerate(self.names) if name in process
        )
        self.places = {name: index for index, name in enumerate(self.names)}
        self.from_row = _getter(itemgetter, self.names)
        self.from_object = _getter(attrgetter, self.names)
        # values that stand in the statement itself (state = 'running') and not with the caller
        self.literals = {
            name: bind.value for bind, name in compiled.bind_names.items() if not bind.required
        }
        columns = getattr(compiled.statement, "exported_columns", None) or ()
        self.readers: tuple[tuple[int, Processor], ...] = tuple(
            (index, processor)
            for index, column in enumerate(columns)
            if (processor := column.type._cached_result_processor(dialect, None)) is not None
        )

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """The values of a mapping, in the statement's order."""
        if self.literals:
            values = {**self.literals, **values}
        return self._bound(self.from_row(values))

    def bind_object(self, value: Any) -> list[Any]:
        """The attributes of an object, in the statement's order."""
        return self._bound(self.from_object(value))

    def _bound(self, values: Iterable[Any]) -> list[Any]:
        bound = list(values)
        for index, process in self.binders:
            bound[index] = process(bound[index])
        return bound

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.readers:
            return row
        values = list(row)
        for index, process in self.readers:
            values[index] = process(values[index])
        return values


def _binder(kind: sa.types.TypeEngine[Any], usual: Processor | None) -> Processor | None:
    """What a value of this type goes through, without SQLAlchemy's layers that ask what kind of
    null it is (JSON), or whether a truth is one (Boolean: SQLite's driver writes it as it is)."""
    if isinstance(kind, sa.JSON):
        return to_json
    return None if isinstance(kind, sa.Boolean) else usual


def _getter(
    make: Callable[..., Callable[[Any], Any]], names: tuple[str, ...]
) -> Callable[[Any], Iterable[Any]]:
    """All these at once; the standard getters give a bare value for one name."""
    if len(names) > 1:
        return make(*names)
    only = [make(name) for name in names]
    return lambda values: [get(values) for get in only]


def is_deadlock(error: BaseException) -> bool:
    """True for PostgreSQL's deadlock and serialization failures, wrapped by SQLAlchemy or not."""
    origin = getattr(error, "orig", None) or error
    return getattr(origin, "sqlstate", None) in ("40P01", "40001")


class Hot:
    """A statement built once at import, compiled once per dialect.

    `apart`: it neither reads nor changes what may be gathered (`WriteSession.later`). `place`: of
    what is gathered, the lower one is written first, because the higher one refers to it.
    """

    __slots__ = ("_compiled", "apart", "place", "statement")

    def __init__(self, statement: sa.Executable, *, apart: bool = False, place: int = 0) -> None:
        self.statement = statement
        self.apart = apart
        self.place = place
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: str) -> _Compiled:
        compiled = self._compiled.get(dialect)
        if compiled is None:
            compiled = self._compiled[dialect] = _Compiled(self.statement, _DIALECTS[dialect])
        return compiled


@cache
def _insertion(table: sa.Table, names: tuple[str, ...]) -> Hot:
    """INSERT of these columns, which gives the key back."""
    values = {name: sa.bindparam(name, type_=table.c[name].type) for name in names}
    return Hot(sa.insert(table).values(values).returning(*table.primary_key))


class HotRead(Hot):
    """A hot statement that changes nothing: a read session runs it too."""

    __slots__ = ()


class ReadSession:
    """Reads. Its connection is opened read-only, so a write fails in the database as well."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.dialect: str = connection.dialect.name
        self._cursor: Any = connection.connection.cursor()
        self._orm: OrmSession | None = None
        self.statements = 0  # how many hot statements ran: the tests count them

    def _run(self, hot: Hot, values: Mapping[str, Any]) -> _Compiled:
        compiled = hot.on(self.dialect)
        self.statements += 1
        self._cursor.execute(compiled.sql, compiled.bind(values))
        return compiled

    def rows(self, hot: HotRead, **values: Any) -> list[Sequence[Any]]:
        """All rows of a hot query."""
        compiled = self._run(hot, values)
        return [compiled.read(row) for row in self._cursor.fetchall()]

    def row(self, hot: HotRead, **values: Any) -> Sequence[Any] | None:
        """The first row of a hot query, or None."""
        compiled = self._run(hot, values)
        found = self._cursor.fetchone()
        return None if found is None else compiled.read(found)

    @property
    def connection(self) -> sa.Connection:
        """For statements built where they are needed."""
        return self._connection

    @property
    def orm(self) -> OrmSession:
        """The ORM on this transaction, for reading."""
        connection = self.connection
        if self._orm is None:
            self._orm = OrmSession(
                bind=connection,
                join_transaction_mode="rollback_only",
                autoflush=False,
                expire_on_commit=False,
            )
        return self._orm

    def all(self, statement: Any) -> list[Any]:
        """All results of a select built where the question is asked."""
        return list(self.orm.exec(statement, execution_options=_FRESH).all())

    def first(self, statement: Any) -> Any:
        """The first result of a select, or None."""
        return self.orm.exec(statement, execution_options=_FRESH).first()

    def get(self, table: type[Table], key: Any) -> Table | None:
        return self.orm.get(table, key, populate_existing=True)

    def forget(self) -> None:
        """Drop what the ORM remembers: the next message must not see this one's objects."""
        if self._orm is not None:
            self._orm.expunge_all()


class WriteSession(ReadSession):
    """Reads and writes, inside a transaction that `Database.write` opened.

    The ORM only reads here: a flush that failed would take more with it than its savepoint.

    With `gathers`, rows that nobody has to see yet (`later`) wait until something looks, or the
    transaction ends, and are written with those of other messages: the same statement many times
    over costs half.
    """

    # what met a deadlock is run again as a whole, whoever has caught the error in between
    deadlock: BaseException | None = None

    def __init__(self, connection: sa.Connection, gathers: bool = False) -> None:
        super().__init__(connection)
        self._gathers = gathers
        self._gathered: dict[Hot, list[list[Any]]] = {}
        self._bound: dict[int, tuple[object, list[Any]]] = {}  # what rows are made of, by its id
        self.counted: dict[str, int] = {}  # the last number of a series, in this transaction

    def _run(self, hot: Hot, values: Mapping[str, Any]) -> _Compiled:
        if self._gathered and not hot.apart:
            self.settle()
        return super()._run(hot, values)

    @property
    def connection(self) -> sa.Connection:
        """For statements built where they are needed: they see all that was written."""
        self.settle()
        return self._connection

    def run(self, hot: Hot, **values: Any) -> int:
        """Run a hot statement that returns nothing; says how many rows it changed."""
        self._run(hot, values)
        return int(self._cursor.rowcount)

    def run_returning(self, hot: Hot, **values: Any) -> list[Sequence[Any]]:
        """Run a hot statement with RETURNING."""
        compiled = self._run(hot, values)
        return [compiled.read(row) for row in self._cursor.fetchall()]

    def later(self, hot: Hot, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a hot statement that returns nothing for each of these rows, at the latest when the
        transaction ends."""
        compiled = hot.on(self.dialect)
        self._later(hot, [compiled.bind(row) for row in rows])

    def later_like(
        self, hot: Hot, each: Iterable[_T], row: Callable[[_T], Mapping[str, Any]], **own: Any
    ) -> None:
        """The same for one row of each, which has its `own` values besides: what was bound of it
        once in this transaction is used again. `own` are numbers and texts."""
        compiled = hot.on(self.dialect)
        rows = []
        for one in each:
            known = self._bound.get(id(one))
            if known is None:
                bound = compiled.bind({**row(one), **own})
                known = self._bound[id(one)] = (one, bound)  # kept: its id is not given again
            bound = known[1].copy()
            for name, value in own.items():
                bound[compiled.places[name]] = value
            rows.append(bound)
        self._later(hot, rows)

    def insert_later(self, hot: Hot, value: Any) -> None:
        """The same for one row, whose columns are attributes of `value`."""
        self._later(hot, [hot.on(self.dialect).bind_object(value)])

    def _later(self, hot: Hot, bound: list[list[Any]]) -> None:
        if not self._gathers:
            self._write(hot, bound)
        elif (waiting := self._gathered.get(hot)) is None:
            self._gathered[hot] = bound
        else:
            waiting += bound

    def settle(self) -> None:
        """Write what was gathered."""
        if self._gathered:
            gathered, self._gathered = self._gathered, {}
            for hot in sorted(gathered, key=_place):
                self._write(hot, gathered[hot])

    def finish(self) -> None:
        """The last step before the commit, which no question may be open for."""
        self.settle()
        self._cursor.close()

    def _write(self, hot: Hot, bound: list[list[Any]]) -> None:
        self.statements += 1
        sql = hot.on(self.dialect).sql
        if len(bound) == 1:
            self._cursor.execute(sql, bound[0])
        else:
            self._cursor.executemany(sql, bound)

    def add(self, row: Table) -> Table:
        """Insert a row; it has its id afterwards."""
        table: sa.Table = type(row).__table__  # type: ignore[attr-defined]
        values = {column.name: getattr(row, column.name) for column in table.columns}
        given = {name: value for name, value in values.items() if value is not None}
        inserted = self.run_returning(_insertion(table, tuple(given)), **given)
        for column, value in zip(table.primary_key, inserted[0], strict=True):
            setattr(row, column.name, value)
        return row

    def execute(self, statement: sa.Executable) -> int:
        """Run a Core statement; says how many rows it changed."""
        options = {"preserve_rowcount": True}  # of an INSERT too
        return int(self.connection.execute(statement, execution_options=options).rowcount)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """A savepoint: what fails inside is rolled back alone and raised again."""
        # what others have gathered may be written inside, and is then rolled back as well
        before = {hot: (bound, len(bound)) for hot, bound in self._gathered.items()}
        counted = dict(self.counted)
        self._cursor.execute("SAVEPOINT nested")
        try:
            yield
        except BaseException as error:
            if is_deadlock(error):
                self.deadlock = error
            self.forget()
            self._gathered = {hot: bound[:count] for hot, (bound, count) in before.items()}
            self.counted = counted
            self._cursor.execute("ROLLBACK TO SAVEPOINT nested")
            self._cursor.execute("RELEASE SAVEPOINT nested")
            raise
        self._cursor.execute("RELEASE SAVEPOINT nested")
        self.forget()
