"""What differs between the databases a register can lie in: opening, writing alone, and where vectors are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

from corpus.register.arrays import ArrayVectors
from corpus.register.ports import Vectors
from models.domain.errors import InstallationError, RegisterError

_WAIT = 60  # seconds one import waits for another
INSTALL = ".venv/bin/pip install --require-hashes -r requirements/postgres.lock"
_DRIVER = "postgresql+psycopg"


class Database(Protocol):
    """One kind of database."""

    url: URL

    def opened(self) -> Engine:
        """Connect; raises what SQLAlchemy raises."""
        ...

    def alone(self, connection: Connection) -> None:
        """Let no other process write until the end of this transaction."""
        ...

    def steady(self, engine: Engine) -> AbstractContextManager[Connection]:
        """Return a connection whose statements all see one moment."""
        ...

    def vectors(self, engine: Engine, space: str, width: int, register: str) -> Vectors:
        """Return the vectors of a register in one space (a name of hexadecimal digits)."""
        ...

    def told(self, engine: Engine) -> str:
        """Return name and version, for people."""
        ...


class Sqlite:
    """A file; the vectors lie in a folder beside it."""

    def __init__(self, url: URL) -> None:
        """`url`: of a file, or of a database in memory."""
        self.url = url
        self._file = None if url.database in {None, "", ":memory:"} else Path(str(url.database))

    def opened(self) -> Engine:
        """Connect; readers do not wait for a writer."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": _WAIT})
        if self._file:
            event.listen(engine, "connect", _tuned)
        return engine

    def alone(self, connection: Connection) -> None:
        """Take the file's one place for a writer."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @contextmanager
    def steady(self, engine: Engine) -> Iterator[Connection]:
        """Begin to read; what others write from then on is not seen."""
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    def vectors(self, engine: Engine, space: str, width: int, register: str) -> Vectors:  # noqa: ARG002 -- the port's
        """Return mapped arrays."""
        folder = self._file and self._file.with_name(f"{self._file.name}.vectors") / f"{register}-{space}"
        return ArrayVectors(width, folder)

    def told(self, engine: Engine) -> str:
        """Return the library's version and the file."""
        with engine.connect() as connection:
            return f"SQLite {connection.execute(text('select sqlite_version()')).scalar()}（{self.url.database}）"


class Postgres:
    """A server with the extension pgvector."""

    def __init__(self, url: URL) -> None:
        """`url`: with or without a driver; psycopg 3 it is."""
        self.url = url.set(drivername=_DRIVER)

    def opened(self) -> Engine:
        """Connect."""
        try:
            import psycopg  # noqa: F401 -- asked for before SQLAlchemy does, to say what to install
        except ImportError as error:
            raise InstallationError("没有安装 PostgreSQL 的驱动", name="psycopg", advice=f"请运行 {INSTALL}") from error
        return create_engine(self.url, pool_pre_ping=True)

    def alone(self, connection: Connection) -> None:
        """Lock the table of systems against writers; readers go on."""
        connection.execute(text("LOCK TABLE systems IN SHARE ROW EXCLUSIVE MODE"))

    @contextmanager
    def steady(self, engine: Engine) -> Iterator[Connection]:
        """Read as of the first statement."""
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection

    def vectors(self, engine: Engine, space: str, width: int, register: str) -> Vectors:
        """Return the table of this space."""
        from corpus.register.pgvectors import PostgresVectors

        return PostgresVectors(engine, space, width, register)

    def told(self, engine: Engine) -> str:
        """Return the versions of server and extension, and where it is."""
        with engine.connect() as connection:
            server = str(connection.execute(text("show server_version")).scalar()).partition(" ")[0]
            query = text(
                "select coalesce((select extversion from pg_extension where extname = 'vector'),"
                " (select '未启用，可用 ' || default_version from pg_available_extensions where name = 'vector'))"
            )
            extension = connection.execute(query).scalar()
        if extension is None:
            raise RegisterError(
                "PostgreSQL 没有安装 pgvector",
                name=server,
                advice="请管理员安装 pgvector 扩展（Debian：postgresql-版本-pgvector）",
            )
        return f"PostgreSQL {server}，pgvector {extension}（{self.url.render_as_string(hide_password=True)}）"


def database(where: str | Path) -> Database:
    """Return the database an address means: of SQLAlchemy's kind, `postgresql://…`, or a SQLite file.

    Raises:
        RegisterError: another kind of database.
    """
    url = make_url(where) if isinstance(where, str) and "://" in where else make_url(f"sqlite:///{where}")
    if url.get_backend_name() == "sqlite":
        return Sqlite(url)
    if url.get_backend_name() in {"postgresql", "postgres"}:
        return Postgres(url)
    raise RegisterError("不认识的台账数据库", name=url.get_backend_name(), advice="请用 sqlite:///… 或 postgresql://…")


def _tuned(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own type
    connection.execute("PRAGMA journal_mode = WAL")
