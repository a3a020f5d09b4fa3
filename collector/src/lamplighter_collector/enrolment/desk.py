"""What technicians do with tokens, from the command line; each change with its audit row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lamplighter_collector.audit import services as audit
from lamplighter_collector.clock import now_ms, shown, utc_now
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import administering, reading
from lamplighter_collector.enrolment import timekeeping
from lamplighter_collector.enrolment import tokens as store
from lamplighter_collector.enrolment.authority import Authority
from lamplighter_collector.enrolment.services import ATTESTS
from lamplighter_collector.enrolment.whereabouts import enrolment_address
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.keys.services import open_seals, recording

_LONGEST_NAME: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOrder:
    """What a technician asks for."""

    asset_tags: str
    attester: str = field(repr=False)
    uses: int
    hours: int
    group: str
    replace: bool = False
    """Also for asset tags that are enrolled: a laptop that was imaged anew."""

    def check(self) -> None:
        """Refuse what no token can be made of.

        Raises:
            ConfigError: names the option.
        """
        if not store.is_rule(self.asset_tags):
            raise ConfigError(
                "--asset-tags", "letters, digits, dots, hyphens and underscores; * and ? stand for any"
            )
        if not (
            self.attester.strip() and self.attester.isprintable() and len(self.attester) <= _LONGEST_NAME
        ):
            raise ConfigError("--attester", f"a name of at most {_LONGEST_NAME} characters")
        if self.group not in store.GROUPS:
            raise ConfigError("--group", f"must be {' or '.join(store.GROUPS)}")


def issue_token(config: Config, order: TokenOrder) -> dict[str, str]:
    """A new token, the authority's pin, where to enrol and until when; a warning where the clock is odd.

    Raises:
        ConfigError, AuthorityUnusable, KeyRingError, SecretError, StoreUnavailable
    """
    order.check()
    authority = Authority.open(config.state, config.organisation, utc_now())
    collector = enrolment_address(config)
    with administering(config.store_url) as engine:
        seals = open_seals(config, engine)
        try:
            attester = bytes(seals.seal("", ATTESTS, order.attester.strip()))
        finally:
            seals.close()
        plan = store.Plan(
            asset_tags=order.asset_tags,
            device_group=order.group,
            attester=attester,
            uses=order.uses,
            hours=order.hours,
            replaces=order.replace,
        )
        with engine.begin() as connection:
            warning = timekeeping.doubt(connection, config.organisation, utc_now())
            text, expires_at = store.issue(connection, config.organisation, plan, now_ms())
            verb = "token-issued-to-replace" if order.replace else "token-issued"
            audit.append(connection, _entry(config, verb, text.partition(".")[0]))
    found = {"token": text, "pin": authority.pin, "collector": collector, "expires": shown(expires_at)}
    return found | ({"warning": warning} if warning else {})


def withdraw_token(config: Config, id_: str) -> None:
    """End a token before its time.

    Raises:
        ConfigError: there is none that could be withdrawn.
        StoreUnavailable
    """
    with recording(config) as engine, engine.begin() as connection:
        if not store.withdraw(connection, config.organisation, id_.partition(".")[0], now_ms()):
            raise ConfigError("token", "there is none of this name that was not withdrawn already")
        audit.append(connection, _entry(config, "token-withdrawn", id_.partition(".")[0]))


def tokens(config: Config) -> Sequence[dict[str, object]]:
    """Every token as the command line shows it, newest first.

    Raises:
        StoreUnavailable
    """
    now = now_ms()
    with reading(config.store_url) as connection:
        found = store.list_tokens(connection, config.organisation)
    return [
        {
            "token": row["id"],
            "state": _state(row["withdrawn_at"], row["expires_at"], row["uses_left"], now),
            "asset_tags": row["asset_tags"],
            "group": row["device_group"],
            "replaces": bool(row["replaces"]),
            "uses": row["uses"],
            "uses_left": row["uses_left"],
            "created": shown(row["created_at"]),
            "expires": shown(row["expires_at"]),
        }
        for row in found
    ]


def _state(withdrawn_at: int, expires_at: int, uses_left: int, now: int) -> str:
    if withdrawn_at:
        return "withdrawn"
    if not uses_left:
        return "used up"
    return "expired" if now >= expires_at else "open"


def _entry(config: Config, verb: str, id_: str) -> audit.AuditEntry:
    return audit.AuditEntry(
        organisation=config.organisation, actor=audit.CONSOLE, verb=verb, object=f"token {id_}"
    )
