"""A device policy from TOML, or from the same tables in JSON, with every fault named by its key.

A missing key keeps its default; nothing that is there is ever passed over.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType

from lamplighter_keywords.bundles.envelope import parse_canonical
from lamplighter_keywords.errors import PolicyError
from lamplighter_keywords.media.permission import GROUPS, Access
from lamplighter_keywords.policy.device_policy import (
    DAYS,
    POLICY_BYTES,
    PRIVATE,
    PUPIL,
    STAFF,
    WHOLE_DAY,
    AfterScan,
    Contact,
    DevicePolicy,
    Floor,
    KindRules,
    MediaMode,
    MediaRules,
    NoticeMode,
    PlaceRules,
    ReadingAge,
    Term,
    Window,
)

_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
# A name or a number, in brackets where it has colons, and a port.
_COLLECTOR = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\]):([1-9][0-9]{0,4})")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_DAYS = 3_650
_MOST_TERMS = 50
_MOST_CONTACTS = 20
_MOST_COLLECTORS = 8
_LAST_PORT = 65_535
_MOST_LANGUAGES = 50
_MOST_LINES = 20
_LONGEST_LINE = 500
_LONGEST_LABEL = 100
_LONGEST_VALUE = 200
# Signatures of a month ago say little of what is about now.
_OLDEST_SIGNATURES = 30
_LONGEST_RECEIPT_HOURS = 7 * 24
_LARGEST_GB = 32_000


def policy_from_toml(text: str) -> DevicePolicy:
    """Read a policy as a school writes it; raise `PolicyError` that names the setting."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyError("", f"is not TOML: {error}") from error
    return _policy(tables)


def policy_from_document(raw: bytes) -> DevicePolicy:
    """Read a policy as a bundle carries it.

    Raises PolicyError, and BundleMalformed for what `policy_document` would have written in another way.
    """
    if len(raw) > POLICY_BYTES:
        raise PolicyError("", f"more than {POLICY_BYTES} bytes")
    return _policy(parse_canonical(raw, "policy"))


def _policy(tables: Mapping[str, object]) -> DevicePolicy:
    whole = _Table("", tables)
    groups, hours, place = whole.table("groups"), whole.table("hours"), whole.table("place")
    pupil, staff = _portable(whole.table("media"))
    staff_group = groups.table("staff")
    staff_dpia = staff_group.text("dpia", "", _LONGEST_VALUE)
    agreed = whole.table("acknowledgement")
    shipped = DevicePolicy()
    policy = DevicePolicy(
        pupil=_kind(groups.table("pupil"), hours, place.table("pupil"), replace(PUPIL, portable=pupil)),
        staff=_kind(staff_group, hours, place.table("staff"), replace(STAFF, portable=staff)),
        staff_dpia=staff_dpia.strip(),
        site_collectors=_collectors(place),
        terms=_terms(whole),
        silent_days=whole.number("silent_days", shipped.silent_days, low=1, high=365),
        retention_days=whole.number("retention_days", shipped.retention_days, low=1, high=_LONGEST_DAYS),
        contacts=tuple(_contact(one) for one in whole.tables("contacts", _MOST_CONTACTS)),
        notice=_notice(whole.table("notice")),
        acknowledgement=NoticeMode(agreed.one_of("notice", NoticeMode, shipped.acknowledgement.value)),
        reading_age=ReadingAge(agreed.one_of("reading_age", ReadingAge, shipped.reading_age.value)),
    )
    for table in (agreed, groups, hours, place, whole):
        table.done()
    return policy


def _kind(group: "_Table", hours: "_Table", place: "_Table", default: KindRules) -> KindRules:
    rules = KindRules(
        typed=group.flag("typed", default=default.typed),
        titles=group.flag("titles", default=default.titles),
        media=group.flag("media", default=default.media),
        portable=default.portable,
        hours=_hours(hours, group.last_name, default.hours),
        place=_place(place, default.place),
    )
    group.done()
    return rules


def _hours(hours: "_Table", kind: str, default: Window | None) -> Window | None:
    if hours.is_text(kind):
        hours.choice(kind, ("always",))
        return None
    if not hours.has(kind):
        return default
    table = hours.table(kind)
    window = _window(table, default or Window())
    table.done()
    return window


def _window(table: "_Table", default: Window) -> Window:
    window = Window(
        days=table.days("days", default.days),
        start=table.time("from", default.start),
        end=table.time("to", default.end),
        in_term=table.flag("in_term", default=default.in_term),
    )
    if window.end <= window.start:
        raise table.fault("to", 'must be later than "from", on the same day')
    return window


def _place(table: "_Table", default: PlaceRules) -> PlaceRules:
    on_site = table.floor("on_site", default.on_site)
    if on_site is None:
        raise table.fault("on_site", "must not be off: switch sensors off in [groups]")
    rules = PlaceRules(
        on_site=on_site,
        off_site=table.floor("off_site", default.off_site),
        off_site_otherwise=table.floor("off_site_otherwise", default.off_site_otherwise),
        when=_window(table, default.when),
    )
    table.done()
    return rules


def _collectors(place: "_Table") -> tuple[str, ...] | None:
    if not place.has("collectors") or place.is_text("collectors"):
        place.one("collectors", PRIVATE)
        return None
    addresses = place.texts("collectors", _MOST_COLLECTORS)
    for address in addresses:
        found = _COLLECTOR.fullmatch(address)
        if found is None or int(found[2]) > _LAST_PORT:
            raise place.fault("collectors", 'each must be an address and a port such as "10.1.2.3:9443"')
    return addresses


def _terms(whole: "_Table") -> tuple[Term, ...]:
    terms: list[Term] = []
    for table in whole.tables("terms", _MOST_TERMS):
        term = Term(first=table.day("from"), last=table.day("to"))
        if term.last < term.first:
            raise table.fault("to", 'must not be before "from"')
        table.done()
        terms.append(term)
    return tuple(terms)


def _contact(table: "_Table") -> Contact:
    contact = Contact(
        label=table.text("label", None, _LONGEST_LABEL),
        value=table.text("value", None, _LONGEST_VALUE),
        checked=table.day("checked"),
    )
    table.done()
    return contact


def _notice(table: "_Table") -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for language in table.names():
        if not _LANGUAGE.fullmatch(language):
            raise table.fault(language, "must be a language such as en or cy")
        one = table.table(language)
        texts[language] = one.lines("lines")
        one.done()
    if len(texts) > _MOST_LANGUAGES:
        raise PolicyError("notice", f"more than {_MOST_LANGUAGES} languages")
    return MappingProxyType(texts)


def _portable(media: "_Table") -> tuple[MediaRules, MediaRules]:
    """Read what holds for pupils and for staff."""
    # As policies from before there were permissions say it, for everybody: what was signed still holds.
    before = MediaMode(media.one_of("mode", MediaMode, MediaRules().without_permission.value))
    pupil, staff = (_media_rules(media.table(kind), before) for kind in GROUPS)
    media.done()
    return pupil, staff


def _media_rules(table: "_Table", without_permission: MediaMode) -> MediaRules:
    shipped = MediaRules(without_permission=without_permission)
    rules = MediaRules(
        without_permission=MediaMode(table.one_of("without_permission", MediaMode, without_permission.value)),
        scan=table.flag("scan", default=shipped.scan),
        encryption=table.flag("encryption", default=shipped.encryption),
        access=Access(table.one_of("access", Access, shipped.access.value)),
        infected=AfterScan(table.one_of("infected", AfterScan, shipped.infected.value)),
        incomplete=AfterScan(table.one_of("incomplete", AfterScan, shipped.incomplete.value)),
        stale_days=table.number("stale_days", shipped.stale_days, low=1, high=_OLDEST_SIGNATURES),
        receipt_hours=table.number(
            "receipt_hours", shipped.receipt_hours, low=1, high=_LONGEST_RECEIPT_HOURS
        ),
        largest_gb=table.number("largest_gb", shipped.largest_gb, low=1, high=_LARGEST_GB),
    )
    table.done()
    return rules


class _Table:
    """One table; each key is taken by its type, and what nobody took is refused by name."""

    def __init__(self, name: str, values: Mapping[str, object]) -> None:
        self._name = name
        self._values = dict(values)

    @property
    def last_name(self) -> str:
        return self._name.rpartition(".")[2]

    def fault(self, key: str, problem: str) -> PolicyError:
        return PolicyError(self._key(key), problem)

    def done(self) -> None:
        for key in self._values:
            raise self.fault(key, "unknown setting")

    def has(self, key: str) -> bool:
        return key in self._values

    def is_text(self, key: str) -> bool:
        return isinstance(self._values.get(key), str)

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def _key(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def table(self, key: str) -> "_Table":
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise self.fault(key, "must be a table")
        return _Table(self._key(key), value)

    def tables(self, key: str, most: int) -> list["_Table"]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.fault(key, "must be a list of tables")
        if len(value) > most:
            raise self.fault(key, f"more than {most}")
        return [_Table(f"{self._key(key)}[{number}]", one) for number, one in enumerate(value)]

    def text(self, key: str, default: str | None, longest: int) -> str:
        value = self._values.pop(key, default)
        if value is None:
            raise self.fault(key, "is missing")
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fault(key, "must be text" + (" and not empty" if default is None else ""))
        if len(value) > longest or not value.isprintable():
            raise self.fault(key, f"must be printable and at most {longest} characters")
        return value

    def one(self, key: str, word: str) -> None:
        """Take a word that is the default, and refuse any other."""
        if self.has(key):
            self.choice(key, (word,))

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        value = self._values.pop(key, None)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.fault(key, "must be a list of texts")
        if len(value) > most:
            raise self.fault(key, f"more than {most}")
        return tuple(value)

    def lines(self, key: str) -> tuple[str, ...]:
        value = self._values.pop(key, None)
        if not isinstance(value, list) or not 0 < len(value) <= _MOST_LINES:
            raise self.fault(key, f"must be a list of 1 to {_MOST_LINES} texts")
        for line in value:
            if not isinstance(line, str) or not 0 < len(line.strip()) <= len(line) <= _LONGEST_LINE:
                raise self.fault(key, f"each must be text of at most {_LONGEST_LINE} characters")
            if not line.isprintable():
                raise self.fault(key, "each must be printable")
        return tuple(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._values.pop(key, default)
        if not isinstance(value, bool):
            raise self.fault(key, "must be true or false")
        return value

    def number(self, key: str, default: int, *, low: int, high: int) -> int:
        value = self._values.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.fault(key, f"must be a whole number from {low} to {high}")
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self._values.pop(key, None)
        if not isinstance(value, str) or value not in allowed:
            raise self.fault(key, f"must be one of {', '.join(allowed)}")
        return value

    def one_of(self, key: str, kinds: type[Enum], default: str) -> str:
        return self.choice(key, tuple(str(one.value) for one in kinds)) if self.has(key) else default

    def day(self, key: str) -> date:
        value = self._values.pop(key, None)
        if value is None:
            raise self.fault(key, "is missing")
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fault(key, "must be a date such as 2026-09-01")
        return value

    def days(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        if not self.has(key):
            return default
        value = self._values.pop(key)
        if not isinstance(value, list) or not value or not all(one in DAYS for one in value):
            raise self.fault(key, f"must be a list of days, each of {', '.join(DAYS)}")
        return tuple(sorted({DAYS.index(one) for one in value}))

    def time(self, key: str, default: int) -> int:
        """Take a time of day; give minutes since midnight."""
        if not self.has(key):
            return default
        value = self._values.pop(key)
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        minutes = int(found[1]) * 60 + int(found[2]) if found else WHOLE_DAY + 1
        if minutes > WHOLE_DAY:
            raise self.fault(key, 'must be a time such as "07:00"')
        return minutes

    def floor(self, key: str, default: Floor | None) -> Floor | None:
        if not self.has(key):
            return default
        if self.is_text(key):
            self.choice(key, ("off",))
            return None
        table = self.table(key)
        floor = Floor(
            severity=table.number("severity", Floor().severity, low=1, high=5),
            core_only=table.flag("core_only", default=False),
        )
        table.done()
        return floor
