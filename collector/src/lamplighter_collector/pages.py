"""The listener of the pages, and what they are made of. Part of the composition root of ``serve``."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

import structlog
import uvicorn
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import now_ms
from lamplighter_collector.config import Address, Config, WebConfig
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.reader import Reader
from lamplighter_collector.db.transact import Transact
from lamplighter_collector.errors import ConfigError, NotStorable, StoreUnavailable
from lamplighter_collector.ingest.writer import Writer
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.register import refresh_if_possible
from lamplighter_collector.people.accounts import Accounts
from lamplighter_collector.people.passwords import PasswordCheck
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.sign_in import SignIn
from lamplighter_collector.people.visits import Visits
from lamplighter_collector.review.deciding import Deciding
from lamplighter_collector.review.services import Words, reveal
from lamplighter_collector.web import app as web_app
from lamplighter_collector.web.arrivals import Arrivals
from lamplighter_collector.web.desk import ChangeMedia, Desk
from lamplighter_collector.web.guard import Place

_GRACE_SECONDS: Final = 1
_T = TypeVar("_T")
_log = structlog.get_logger()


class Parts(NamedTuple):
    """What the pages are made of."""

    engine: Engine
    writer: Writer
    reader: Reader
    arrivals: Arrivals
    seals: Seals
    transact: Transact


def _desk(config: Config, parts: Parts, passwords: PasswordCheck) -> Desk:
    async def show(incident_id: str, *, person: Person) -> tuple[Words, ...] | None:
        try:
            return await parts.writer.run(
                lambda: reveal(
                    parts.engine, config.organisation, incident_id, person=person, seals=parts.seals
                )
            )
        except SQLAlchemyError as error:
            _log.error("reveal-failed", problem=type(error).__name__)
            raise StoreUnavailable("the audit row can't be written") from None

    accounts = Accounts(config.organisation, parts.seals)
    deciding = Deciding(parts.engine, config.organisation, parts.seals, routes=accounts.routes)

    async def change(action: Callable[[Deciding], _T]) -> _T:
        def run() -> _T:
            with translated():
                return action(deciding)

        try:
            return await parts.writer.run(run)
        except NotStorable as error:
            _log.error("change-failed", problem=str(error))
            raise StoreUnavailable("the store did not take it") from None
        finally:
            parts.arrivals.announce()

    return Desk(
        organisation=config.organisation,
        place=Place(names=config.web.names, secure=config.web.secure),
        reader=parts.reader,
        arrivals=parts.arrivals,
        seals=parts.seals,
        visits=Visits(accounts, parts.reader, parts.transact),
        entrance=SignIn(accounts, parts.seals, parts.transact, passwords),
        reveal=show,
        change=change,
        change_media=_changing_media(config, parts),
        names=accounts.names,
        trouble=lambda: parts.writer.trouble,
    )


def _changing_media(config: Config, parts: Parts) -> ChangeMedia:
    """What changes permissions and loans, and has the register signed anew in the same transaction."""
    keys = SigningKeys(config.state)

    async def change(action: Callable[[Connection], _T]) -> _T:
        def run(connection: Connection) -> _T:
            done = action(connection)
            refresh_if_possible(connection, config.organisation, parts.seals, keys, now=now_ms())
            return done

        return await parts.transact(run)

    return change


class _Uvicorn(uvicorn.Server):
    """uvicorn inside our loop: signals are ours."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


class Pages:
    """The web listener. ``stop`` ends its threads too."""

    def __init__(self, config: Config, parts: Parts) -> None:
        web = config.web
        self._passwords = PasswordCheck()
        desk = _desk(config, parts, self._passwords)
        self.scheme = desk.place.scheme
        server = _server_config(desk, web)
        self._socket = _bound(web.listen)
        self.address = Address(host=web.listen.host, port=self._socket.getsockname()[1])
        self._server = _Uvicorn(server)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await self._server.up.wait()

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        self._socket.close()
        self._passwords.close()


def _server_config(desk: Desk, web: WebConfig) -> uvicorn.Config:
    server = uvicorn.Config(
        web_app.build(desk),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        # Behind no proxy: a header that anybody can send must not say where they are.
        proxy_headers=False,
        ssl_certfile=web.certificate,
        ssl_keyfile=web.key,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    try:
        server.load()
    except OSError as error:
        raise ConfigError("web.certificate", f"can't be used with its key: {type(error).__name__}") from None
    return server


def _bound(listen: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((listen.host, listen.port))
    except OSError as error:
        listener.close()
        raise ConfigError("web.listen", f"{listen} can't be bound: {error.strerror}") from error
    return listener
