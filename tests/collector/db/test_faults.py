import sqlite3

import psycopg
import pytest
from lamplighter_collector.db.faults import fault_of, translated
from lamplighter_collector.errors import NotStorable, StoreUnavailable
from psycopg import errors
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


@pytest.mark.parametrize(
    "kind",
    [
        psycopg.OperationalError,
        psycopg.InterfaceError,
        errors.AdminShutdown,
        errors.CannotConnectNow,
        errors.ConnectionFailure,
        errors.DeadlockDetected,
        errors.DiskFull,
        errors.InsufficientPrivilege,
        errors.LockNotAvailable,
        errors.OutOfMemory,
        errors.ReadOnlySqlTransaction,
        errors.SerializationFailure,
        errors.TooManyConnections,
        errors.UndefinedTable,
    ],
)
def test_the_machine_may_do_better_later(kind: type[psycopg.Error]) -> None:
    assert isinstance(fault_of(kind("zebra")), StoreUnavailable)


@pytest.mark.parametrize(
    "kind",
    [
        psycopg.DataError,
        errors.CharacterNotInRepertoire,
        errors.NotNullViolation,
        errors.NumericValueOutOfRange,
        errors.ProgramLimitExceeded,
        errors.UniqueViolation,
        errors.UntranslatableCharacter,
    ],
)
def test_content_will_never_do(kind: type[psycopg.Error]) -> None:
    assert isinstance(fault_of(kind("zebra")), NotStorable)


def test_a_pool_without_a_free_connection_is_unavailable() -> None:
    assert isinstance(fault_of(PoolTimeout()), StoreUnavailable)


@pytest.mark.parametrize("kind", [sqlite3.IntegrityError, errors.UniqueViolation, psycopg.OperationalError])
def test_the_drivers_text_is_left_behind(kind: type[Exception]) -> None:
    for error in (kind("zebra"), DBAPIError("INSERT", None, kind("zebra"))):
        with pytest.raises((NotStorable, StoreUnavailable)) as failure, translated():
            raise error
        assert "zebra" not in str(failure.value)
        assert failure.value.__suppress_context__


def test_a_statement_that_fails_in_the_database_is_translated(engine: Engine) -> None:
    with pytest.raises(StoreUnavailable), translated(), engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM nowhere"))


def test_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        _ = 1 // 0


def test_no_server_is_unavailable() -> None:
    nobody = create_engine("postgresql+psycopg://u:zebra@/store?host=/nowhere")
    with pytest.raises(StoreUnavailable) as failure, translated(), nobody.connect():
        pass
    assert "zebra" not in str(failure.value)
    nobody.dispose()
