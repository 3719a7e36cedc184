"""What sqlcipher3 0.6.4 really offers, as read off the compiled module.

Unlike the standard library's sqlite3 it has no `iterdump`, `serialize`, `autocommit` or `getlimit`;
a blob is opened with `open_blob`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self, TypeAlias, TypeVar, final, overload

_Value: TypeAlias = str | bytes | bytearray | memoryview | int | float | None
_Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]
_Connection = TypeVar("_Connection", bound=Connection)
_T = TypeVar("_T")

class _Aggregate(Protocol):
    def step(self, *args: Any) -> object: ...
    def finalize(self) -> _Value: ...

class _Window(_Aggregate, Protocol):
    def inverse(self, *args: Any) -> object: ...
    def value(self) -> _Value: ...

apilevel: Final[str]
paramstyle: Final[str]
threadsafety: Final[int]
version: Final[str]
version_info: Final[tuple[int, ...]]
sqlite_version: Final[str]
sqlite_version_info: Final[tuple[int, ...]]
adapters: Final[dict[Any, Any]]
converters: Final[dict[str, Any]]

Date = dt.date
Time = dt.time
Timestamp = dt.datetime
Binary = memoryview
OptimizedUnicode = str

def DateFromTicks(ticks: float) -> dt.date: ...
def TimeFromTicks(ticks: float) -> dt.time: ...
def TimestampFromTicks(ticks: float) -> dt.datetime: ...

PARSE_COLNAMES: Final[int]
PARSE_DECLTYPES: Final[int]
SQLITE_ABORT: Final[int]
SQLITE_ALTER_TABLE: Final[int]
SQLITE_ANALYZE: Final[int]
SQLITE_ATTACH: Final[int]
SQLITE_AUTH: Final[int]
SQLITE_BUSY: Final[int]
SQLITE_CANTOPEN: Final[int]
SQLITE_CONSTRAINT: Final[int]
SQLITE_CORRUPT: Final[int]
SQLITE_CREATE_INDEX: Final[int]
SQLITE_CREATE_TABLE: Final[int]
SQLITE_CREATE_TEMP_INDEX: Final[int]
SQLITE_CREATE_TEMP_TABLE: Final[int]
SQLITE_CREATE_TEMP_TRIGGER: Final[int]
SQLITE_CREATE_TEMP_VIEW: Final[int]
SQLITE_CREATE_TRIGGER: Final[int]
SQLITE_CREATE_VIEW: Final[int]
SQLITE_CREATE_VTABLE: Final[int]
SQLITE_DELETE: Final[int]
SQLITE_DENY: Final[int]
SQLITE_DETACH: Final[int]
SQLITE_DONE: Final[int]
SQLITE_DROP_INDEX: Final[int]
SQLITE_DROP_TABLE: Final[int]
SQLITE_DROP_TEMP_INDEX: Final[int]
SQLITE_DROP_TEMP_TABLE: Final[int]
SQLITE_DROP_TEMP_TRIGGER: Final[int]
SQLITE_DROP_TEMP_VIEW: Final[int]
SQLITE_DROP_TRIGGER: Final[int]
SQLITE_DROP_VIEW: Final[int]
SQLITE_DROP_VTABLE: Final[int]
SQLITE_EMPTY: Final[int]
SQLITE_ERROR: Final[int]
SQLITE_FORMAT: Final[int]
SQLITE_FULL: Final[int]
SQLITE_FUNCTION: Final[int]
SQLITE_IGNORE: Final[int]
SQLITE_INSERT: Final[int]
SQLITE_INTERNAL: Final[int]
SQLITE_INTERRUPT: Final[int]
SQLITE_IOERR: Final[int]
SQLITE_LOCKED: Final[int]
SQLITE_MISMATCH: Final[int]
SQLITE_MISUSE: Final[int]
SQLITE_NOLFS: Final[int]
SQLITE_NOMEM: Final[int]
SQLITE_NOTADB: Final[int]
SQLITE_NOTFOUND: Final[int]
SQLITE_OK: Final[int]
SQLITE_OPEN_CREATE: Final[int]
SQLITE_OPEN_FULLMUTEX: Final[int]
SQLITE_OPEN_MEMORY: Final[int]
SQLITE_OPEN_NOMUTEX: Final[int]
SQLITE_OPEN_PRIVATECACHE: Final[int]
SQLITE_OPEN_READONLY: Final[int]
SQLITE_OPEN_READWRITE: Final[int]
SQLITE_OPEN_SHAREDCACHE: Final[int]
SQLITE_OPEN_URI: Final[int]
SQLITE_PERM: Final[int]
SQLITE_PRAGMA: Final[int]
SQLITE_PROTOCOL: Final[int]
SQLITE_RANGE: Final[int]
SQLITE_READ: Final[int]
SQLITE_READONLY: Final[int]
SQLITE_RECURSIVE: Final[int]
SQLITE_REINDEX: Final[int]
SQLITE_ROW: Final[int]
SQLITE_SAVEPOINT: Final[int]
SQLITE_SCHEMA: Final[int]
SQLITE_SELECT: Final[int]
SQLITE_TOOBIG: Final[int]
SQLITE_TRANSACTION: Final[int]
SQLITE_UPDATE: Final[int]

class Warning(Exception): ...

class Error(Exception):
    sqlite_errorcode: int
    sqlite_errorname: str

class InterfaceError(Error): ...
class DatabaseError(Error): ...
class DataError(DatabaseError): ...
class OperationalError(DatabaseError): ...
class IntegrityError(DatabaseError): ...
class InternalError(DatabaseError): ...
class ProgrammingError(DatabaseError): ...
class NotSupportedError(DatabaseError): ...

@final
class PrepareProtocol: ...

@final
class Statement: ...

class Blob:
    def read(self, length: int = ..., /) -> bytes: ...
    def write(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def seek(self, offset: int, whence: int = 0, /) -> None: ...
    def tell(self) -> int: ...
    def close(self) -> None: ...
    def __len__(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> bool | None: ...

class Row(Sequence[Any]):
    def __new__(cls, cursor: Cursor, data: tuple[Any, ...], /) -> Self: ...
    def keys(self) -> list[str]: ...
    @overload
    def __getitem__(self, key: int | str, /) -> Any: ...
    @overload
    def __getitem__(self, key: slice, /) -> tuple[Any, ...]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

class Cursor:
    arraysize: int
    row_factory: Callable[[Cursor, tuple[Any, ...]], object] | None
    @property
    def connection(self) -> Connection: ...
    @property
    def description(
        self,
    ) -> tuple[tuple[str, None, None, None, None, None, None], ...] | None: ...
    @property
    def lastrowid(self) -> int | None: ...
    @property
    def rowcount(self) -> int: ...
    def __init__(self, connection: Connection, /) -> None: ...
    def execute(self, sql: str, parameters: _Parameters = ..., /) -> Self: ...
    def executemany(self, sql: str, parameters: Iterable[_Parameters], /) -> Self: ...
    def executescript(self, sql_script: str, /) -> Self: ...
    # A row is Any: its shape is the query's or the row_factory's.
    def fetchone(self) -> Any: ...
    def fetchmany(self, size: int | None = ...) -> list[Any]: ...
    def fetchall(self) -> list[Any]: ...
    def setinputsizes(self, sizes: Any, /) -> None: ...
    def setoutputsize(self, size: int, column: int = ..., /) -> None: ...
    def close(self) -> None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Any: ...

class Connection:
    Warning: type[Warning]
    Error: type[Error]
    InterfaceError: type[InterfaceError]
    DatabaseError: type[DatabaseError]
    DataError: type[DataError]
    OperationalError: type[OperationalError]
    IntegrityError: type[IntegrityError]
    InternalError: type[InternalError]
    ProgrammingError: type[ProgrammingError]
    NotSupportedError: type[NotSupportedError]
    isolation_level: str | None
    row_factory: Callable[[Cursor, tuple[Any, ...]], object] | None
    text_factory: Callable[[bytes], object]
    @property
    def in_transaction(self) -> bool: ...
    @property
    def total_changes(self) -> int: ...
    def __init__(
        self,
        database: str | bytes,
        timeout: float = 5.0,
        detect_types: int = 0,
        isolation_level: str | None = "",
        check_same_thread: bool = True,
        factory: type[Connection] | None = ...,
        cached_statements: int = 128,
        uri: bool = False,
        flags: int = ...,
        vfs: str | None = None,
    ) -> None: ...
    def cursor(self, factory: Callable[[Connection], Cursor] = ...) -> Cursor: ...
    def execute(self, sql: str, parameters: _Parameters = ..., /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[_Parameters], /) -> Cursor: ...
    def executescript(self, sql_script: str, /) -> Cursor: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...
    def interrupt(self) -> None: ...
    def open_blob(
        self,
        table: str,
        column: str,
        row: int,
        *,
        readonly: bool = False,
        dbname: str = "main",
    ) -> Blob: ...
    def create_function(
        self,
        name: str,
        narg: int,
        func: Callable[..., _Value] | None,
        *,
        deterministic: bool = False,
    ) -> None: ...
    def create_aggregate(
        self, name: str, n_arg: int, aggregate_class: Callable[[], _Aggregate] | None
    ) -> None: ...
    def create_window_function(
        self, name: str, num_params: int, aggregate_class: Callable[[], _Window] | None, /
    ) -> None: ...
    def create_collation(
        self, name: str, callback: Callable[[str, str], int] | None, /
    ) -> None: ...
    def set_authorizer(
        self,
        authorizer_callback: Callable[[int, str | None, str | None, str | None, str | None], int]
        | None,
    ) -> None: ...
    def set_busy_handler(self, busy_handler: Callable[[int], int | bool] | None) -> None: ...
    def set_busy_timeout(self, timeout: float) -> None: ...
    def set_progress_handler(
        self, progress_handler: Callable[[], int | bool | None] | None, n: int
    ) -> None: ...
    def set_trace_callback(self, trace_callback: Callable[[str], object] | None) -> None: ...
    def enable_load_extension(self, enabled: bool, /) -> None: ...
    def load_extension(self, name: str, /) -> None: ...
    def set_key(self, key: str | bytes, /) -> None: ...
    def reset_key(self, key: str | bytes, /) -> None: ...
    def backup(
        self,
        target: Connection,
        *,
        pages: int = -1,
        progress: Callable[[int, int, int], object] | None = None,
        name: str = "main",
        sleep: float = 0.25,
    ) -> None: ...
    def __call__(self, sql: str, /) -> Statement: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> Literal[False]: ...

@overload
def connect(
    database: str | bytes,
    timeout: float = 5.0,
    detect_types: int = 0,
    isolation_level: str | None = "",
    check_same_thread: bool = True,
    *,
    cached_statements: int = 128,
    uri: bool = False,
    flags: int = ...,
    vfs: str | None = None,
) -> Connection: ...
@overload
def connect(
    database: str | bytes,
    timeout: float = 5.0,
    detect_types: int = 0,
    isolation_level: str | None = "",
    check_same_thread: bool = True,
    *,
    factory: type[_Connection],
    cached_statements: int = 128,
    uri: bool = False,
    flags: int = ...,
    vfs: str | None = None,
) -> _Connection: ...
def adapt(value: Any, protocol: Any = ..., alternate: Any = ..., /) -> Any: ...
def complete_statement(statement: str) -> bool: ...
def enable_callback_tracebacks(enable: bool, /) -> None: ...
def enable_shared_cache(do_enable: int) -> None: ...
def register_adapter(kind: type[_T], adapter: Callable[[_T], _Value], /) -> None: ...
def register_converter(typename: str, converter: Callable[[bytes], Any], /) -> None: ...
