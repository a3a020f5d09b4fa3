"""What a technician sends from the page of portable media, read and checked; pure.

The rules are those of the command line: what is wrong is refused with the field that it stands in.
"""

from collections.abc import Collection, Mapping
from typing import Final

from lamplighter_keywords.media.permission import GROUPS, Access, account_key

from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media.loans import Loan
from lamplighter_collector.media.permissions import medium_of
from lamplighter_collector.media.requests import Answer
from lamplighter_collector.media.spans import end_of, span_of
from lamplighter_collector.media.values import Grant, Named, Whom
from lamplighter_collector.web import media_words as words

_OWN_DAY: Final = "day"
_ONE_ACCOUNT: Final = "account"
_ACCESS: Final = {one.value: one for one in Access}


def answer_from(values: Mapping[str, str], now: int) -> Answer:
    """How a request is granted; raise `MediaRefused`. Without a reason, what was asked for is it."""
    return Answer(
        access=_access(values),
        ends=end_from(values, now),
        reason=_text(values, "reason"),
        needs_encryption=bool(values.get("encrypted")),
    )


def grant_from(values: Mapping[str, str], now: int) -> Grant:
    """A permission without a request; raise `MediaRefused`."""
    return Grant(
        what=_named(values),
        whom=_whom(values),
        access=_access(values),
        ends=end_from(values, now),
        reason=_text(values, "reason"),
        needs_encryption=bool(values.get("encrypted")),
    )


def loan_from(values: Mapping[str, str], now: int) -> Loan:
    """A loan; raise `MediaRefused`."""
    return Loan(
        what=_named(values),
        borrower=_text(values, "to"),
        encrypted=bool(values.get("encrypted")),
        due=end_from(values, now),
    )


def end_from(values: Mapping[str, str], now: int) -> int:
    """Until when: one of the spans, or a day of one's own; raise `MediaRefused`."""
    span = values.get("until", "")
    if span == _OWN_DAY:
        return end_of(values.get("day", ""), "day")
    if span not in dict(words.SPANS):
        raise MediaRefused("until", "say until when")
    return now + span_of(span, "until")


def check_not_theirs(account: str, seals: Seals, closed: Collection[str]) -> None:
    """Raise `MediaRefused` where somebody would permit themselves or their child, as far as links tell it.

    Links stand as pseudonyms of accounts as devices write them: another spelling of one is not found.
    """
    spellings = {account, account.casefold(), account_key(account)}
    if any(seals.pseudonym("subject", one) in closed for one in spellings if one):
        raise MediaRefused("to", "nobody permits themselves or their own child: another technician can")


def _named(values: Mapping[str, str]) -> Named:
    return Named(medium=medium_of(values.get("medium", "")), name=_text(values, "name"))


def _whom(values: Mapping[str, str]) -> Whom:
    group, account = values.get("group", ""), _text(values, "to")
    if group == _ONE_ACCOUNT:
        return Whom(person=account)
    if group not in GROUPS:
        raise MediaRefused("group", "say whom it is for")
    if account:
        raise MediaRefused("to", "a permission is for one account or for a group: leave it empty for a group")
    return Whom(group=group)


def _access(values: Mapping[str, str]) -> Access:
    access = _ACCESS.get(values.get("access", ""))
    if access is None:
        raise MediaRefused("access", "say whether it may be written to")
    return access


def _text(values: Mapping[str, str], name: str) -> str:
    return values.get(name, "").strip()
