"""What technicians do with portable media from the command line; each change with its audit row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from lamplighter_keywords.media.permission import Access
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Connection

from lamplighter_collector.audit.services import CONSOLE
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import now_ms, shown
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import administering
from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.media import loans as loan_register
from lamplighter_collector.media import permissions as given
from lamplighter_collector.media import receipts as scans
from lamplighter_collector.media import requests as asked_for
from lamplighter_collector.media.loans import Loan
from lamplighter_collector.media.register import refresh_if_possible, signed
from lamplighter_collector.media.requests import Answer
from lamplighter_collector.media.spans import SPAN_WORDS, UNTIL_WORDS, end_of, shown_end, span_of
from lamplighter_collector.media.unlocking import UnlockCode, give_code
from lamplighter_collector.media.values import (
    Grant,
    Issuer,
    LoanRecord,
    Named,
    PermissionRecord,
    ReceiptRecord,
    RequestRecord,
    Whom,
)
from lamplighter_collector.people.accounts import Accounts

Record = dict[str, object]
_PERSON: Final = "person:"
_GROUP: Final = "group:"
_T = TypeVar("_T")
Names = Mapping[str, str]
"""What the collector's accounts are called, by id: the page acts by ids, and people know names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Until when: one of both."""

    span: str = ""
    until: str = ""

    def moment(self, now: int) -> int:
        """Return it in milliseconds; raise `MediaRefused`."""
        if bool(self.span) == bool(self.until):
            raise MediaRefused("for", f"say one of both: --for, {SPAN_WORDS}; or --until, {UNTIL_WORDS}")
        moment = now + span_of(self.span, "for") if self.span else end_of(self.until, "until")
        given.check_end(moment, now, "for" if self.span else "until")
        return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantOrder:
    """`media grant`, as it was typed."""

    medium: str = ""
    request: str = ""
    to: str = field(default="", repr=False)
    read_only: bool = False
    read_write: bool = False
    ends: Ends
    reason: str = field(default="", repr=False)
    name: str = ""
    needs_encryption: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanOrder:
    """`media loan`, as it was typed."""

    medium: str
    to: str = field(repr=False)
    ends: Ends
    name: str = ""
    encrypted: bool = False


def grant(config: Config, order: GrantOrder) -> Record:
    """Give a permission; devices that are connected have it within seconds.

    Raises:
        MediaRefused: names the option that is wrong.
        MediaUnknown, MediaSettled: there is no such request, or somebody answered it.
        KeyRingError, SecretError, StoreUnavailable
    """
    if bool(order.medium) == bool(order.request):
        raise MediaRefused("medium", "name the medium with --medium, or a request with --request")
    if order.read_only == order.read_write:
        raise MediaRefused("read-only", "say one of both: --read-only or --read-write")
    access = Access.READ_WRITE if order.read_write else Access.READ_ONLY
    whom = whom_of(order.to) if order.to or not order.request else None

    def give(connection: Connection, seals: Seals, by: Issuer) -> PermissionRecord:
        ends = order.ends.moment(by.at)
        if order.request:
            asked = asked_for.find(connection, config.organisation, seals, order.request)
            answer = Answer(
                access=access,
                ends=ends,
                reason=order.reason,
                needs_encryption=order.needs_encryption,
                whom=whom,
            )
            return asked_for.grant_request(connection, config.organisation, seals, asked, answer, by=by)
        new = Grant(
            what=Named(medium=given.medium_of(order.medium), name=order.name),
            whom=whom or Whom(),
            access=access,
            ends=ends,
            reason=order.reason,
            needs_encryption=order.needs_encryption,
        )
        return given.grant(connection, config.organisation, seals, new, by=by)

    record, register = _signing(config, give)
    return permission_record(record, {}) | register


def revoke(config: Config, permission: str) -> Record:
    """Take a permission back; raise `MediaUnknown`, `MediaSettled`."""

    def take(connection: Connection, _: Seals, by: Issuer) -> str:
        given.revoke(connection, config.organisation, permission, by=by)
        return permission

    id_, register = _signing(config, take)
    return {"id": id_, "state": "revoked"} | register


def refuse(config: Config, request: str) -> Record:
    """Answer a request with no, which its device tells who asked; raise `MediaUnknown`, `MediaSettled`."""

    def say_no(connection: Connection, seals: Seals, by: Issuer) -> str:
        asked = asked_for.find(connection, config.organisation, seals, request)
        asked_for.refuse_request(connection, config.organisation, asked, by=by)
        return asked.reference

    reference, register = _signing(config, say_no)
    return {"request": reference, "state": "refused"} | register


def permissions(config: Config, *, every: bool = False) -> list[Record]:
    """Return the permissions that hold; with ``every`` also those that are over."""

    def read(connection: Connection, seals: Seals, by: Issuer) -> list[Record]:
        if every:
            found = given.every(connection, config.organisation, seals)
        else:
            found = given.held(connection, config.organisation, seals, now=by.at)
        names = Accounts(config.organisation, seals).names(connection)
        return [permission_record(one, names) for one in found]

    return _changing(config, read)


def requests(config: Config, *, every: bool = False) -> list[Record]:
    """Return the requests that nobody has answered; with ``every`` all of them."""

    def read(connection: Connection, seals: Seals, _: Issuer) -> list[Record]:
        asked = asked_for.every if every else asked_for.waiting
        names = Accounts(config.organisation, seals).names(connection)
        return [_request_record(one, names) for one in asked(connection, config.organisation, seals)]

    return _changing(config, read)


def receipts(config: Config) -> list[Record]:
    """Return what the newest scans came to, without names of anybody or of any file."""

    def read(connection: Connection, _: Seals, __: Issuer) -> Sequence[ReceiptRecord]:
        return scans.newest(connection, config.organisation)

    return [_receipt_record(one) for one in _changing(config, read)]


def lend(config: Config, order: LoanOrder) -> Record:
    """Note that somebody has a medium of the school; raise `MediaRefused`."""

    def note(connection: Connection, seals: Seals, by: Issuer) -> LoanRecord:
        loan = Loan(
            what=Named(medium=given.medium_of(order.medium), name=order.name),
            borrower=borrower_of(order.to),
            encrypted=order.encrypted,
            due=order.ends.moment(by.at),
        )
        return loan_register.lend(connection, config.organisation, seals, loan, by=by)

    return _loan_record(_changing(config, note), {}, now_ms())


def renew(config: Config, loan: str, ends: Ends) -> Record:
    """Let somebody keep a medium longer; raise `MediaRefused`, `MediaUnknown`, `MediaSettled`."""

    def note(connection: Connection, _: Seals, by: Issuer) -> int:
        due = ends.moment(by.at)
        loan_register.renew(connection, config.organisation, loan, due=due, by=by)
        return due

    return {"id": loan, "due": shown_end(_changing(config, note))}


def give_back(config: Config, loan: str) -> Record:
    """Note that a medium came back; raise `MediaUnknown`, `MediaSettled`."""

    def note(connection: Connection, _: Seals, by: Issuer) -> str:
        loan_register.give_back(connection, config.organisation, loan, by=by)
        return shown(by.at)

    return {"id": loan, "returned": _changing(config, note)}


def loans(config: Config, expiring: str = "") -> list[Record]:
    """Return what is lent; with a span such as 14d only what is due by then."""
    now = now_ms()
    before = now + span_of(expiring, "expiring") if expiring else None

    def read(connection: Connection, seals: Seals, _: Issuer) -> list[Record]:
        names = Accounts(config.organisation, seals).names(connection)
        lent = loan_register.out(connection, config.organisation, seals, due_before=before)
        return [_loan_record(one, names, now) for one in lent]

    return _changing(config, read)


def unlock_code(config: Config, device: str, serial: str) -> Record:
    """Return the code for a device that can't be reached; raise `MediaRefused`."""

    def give(connection: Connection, seals: Seals, by: Issuer) -> UnlockCode:
        return give_code(connection, config.organisation, seals, device=device, serial=serial, by=by)

    given = _changing(config, give)
    return {
        "device": given.device,
        "serial": given.serial,
        "code": given.code,
        "good_until": shown(given.until),
    }


def borrower_of(text: str) -> str:
    """Read person:NAME; raise `MediaRefused`, since a group brings nothing back."""
    if not text.startswith(_PERSON):
        raise MediaRefused("to", "person:NAME, the account of the one who has it and brings it back")
    return text.removeprefix(_PERSON).strip()


def whom_of(text: str) -> Whom:
    """Read person:NAME, group:pupil or group:staff; raise `MediaRefused`."""
    if text.startswith(_PERSON):
        return Whom(person=text.removeprefix(_PERSON).strip())
    if text.startswith(_GROUP):
        return Whom(group=text.removeprefix(_GROUP).strip())
    raise MediaRefused("to", "person:NAME, group:pupil or group:staff")


def permission_record(one: PermissionRecord, names: Names) -> Record:
    return {
        "id": one.id,
        "state": one.state(now_ms()),
        "medium": str(one.what.medium),
        "name": one.what.name,
        "to": f"group:{one.whom.group}" if one.whom.group else f"person:{one.whom.person or '(erased)'}",
        "access": one.access.value,
        "needs_encryption": one.needs_encryption,
        "size_bytes": one.size_bytes,
        "begins": shown(one.begins),
        "ends": shown_end(one.ends),
        "reason": one.reason,
        "issued_by": names.get(one.issued_by, one.issued_by),
        "revoked": shown(one.revoked_at or 0),
    }


def _request_record(one: RequestRecord, names: Names) -> Record:
    return {
        "request": one.reference,
        "device": one.device,
        "person": one.person,
        "medium": str(one.what.medium),
        "name": one.what.name,
        "nameable": one.what.medium.is_nameable,
        "reason": one.reason,
        "read_write": one.read_write,
        "asked": shown(one.asked_at),
        "answered": shown(one.answered_at or 0),
        "answered_by": names.get(one.answered_by, one.answered_by),
        "permission": one.permission,
    }


def _receipt_record(one: ReceiptRecord) -> Record:
    verdict = detection_pb2.MediaVerdict.Name(detection_pb2.MediaVerdict.ValueType(one.verdict))
    access = detection_pb2.MediaAccess.Name(detection_pb2.MediaAccess.ValueType(one.access))
    return {
        "device": one.device,
        "medium": str(one.what.medium),
        "name": one.what.name,
        "verdict": verdict.removeprefix("MEDIA_VERDICT_").lower(),
        "why": one.reason,
        "made": shown(one.made_at),
        "files": one.files,
        "bytes": one.bytes,
        "infected": one.infected,
        "unscanned": one.unscanned,
        "kinds": one.kinds,
        "engine": one.engine,
        "signatures": shown(one.signatures_at or 0),
        "counts_until": shown(one.expires_at or 0),
        "digest": one.tree_digest,
        "permission": one.permission,
        "given": "" if not one.access else access.removeprefix("MEDIA_ACCESS_").lower(),
    }


def _loan_record(one: LoanRecord, names: Names, now: int) -> Record:
    return {
        "id": one.id,
        "medium": str(one.what.medium),
        "name": one.what.name,
        "to": one.borrower or "(erased)",
        "encrypted": one.encrypted,
        "lent": shown(one.lent_at),
        "due": shown_end(one.due_at),
        "overdue": one.due_at <= now,
        "reminded": one.reminded.name.lower() if one.reminded else "",
        "lent_by": names.get(one.lent_by, one.lent_by),
    }


def _signing(config: Config, action: Callable[[Connection, Seals, Issuer], _T]) -> tuple[_T, Record]:
    """Change what stands in the register and sign it in one transaction."""

    def both(connection: Connection, seals: Seals, by: Issuer) -> tuple[_T, Record]:
        done = action(connection, seals, by)
        keys = SigningKeys(config.state)
        now_signed = refresh_if_possible(connection, config.organisation, seals, keys, now=by.at)
        register = signed(connection, config.organisation, seals)
        version = register.version if register else 0
        return done, {"register": version, "signed": now_signed}

    return _changing(config, both)


def _changing(config: Config, action: Callable[[Connection, Seals, Issuer], _T]) -> _T:
    with _opened(config) as (connection, seals):
        return action(connection, seals, Issuer(account=CONSOLE, at=now_ms()))


@contextmanager
def _opened(config: Config) -> Iterator[tuple[Connection, Seals]]:
    with administering(config.store_url) as engine:
        seals = open_seals(config, engine)
        try:
            with engine.begin() as connection:
                yield connection, seals
        finally:
            seals.close()
