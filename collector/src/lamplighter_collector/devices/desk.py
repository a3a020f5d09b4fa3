"""What technicians do with the register, from the command line; each change with its audit row."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from lamplighter_collector.audit import services as audit
from lamplighter_collector.clock import now_ms, shown
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import reading
from lamplighter_collector.devices.acknowledgements import Acknowledged, counts
from lamplighter_collector.devices.beats import Heard
from lamplighter_collector.devices.health import said
from lamplighter_collector.devices.register import State, end, list_devices
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.keys.services import recording

_WHY: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


def end_device(config: Config, asset_tag: str, state: State, why: str) -> None:
    """Revoke or retire a device; a running collector cuts its streams.

    Raises:
        ConfigError: names what is wrong: no such device, or a reason that is no code.
        StoreUnavailable
    """
    if not _WHY.fullmatch(why):
        raise ConfigError("--why", "a short code: lower case letters, digits and hyphens")
    with recording(config) as engine, engine.begin() as connection:
        if not end(connection, config.organisation, asset_tag, state, why, now_ms()):
            raise ConfigError("asset tag", "there is no such device in the register")
        entry = audit.AuditEntry(
            organisation=config.organisation,
            actor=audit.CONSOLE,
            verb=f"device-{state}",
            object=f"{asset_tag} {why}",
        )
        audit.append(connection, entry)


def devices(config: Config) -> Sequence[dict[str, object]]:
    """Every device as the command line shows it, by asset tag.

    Raises:
        StoreUnavailable
    """
    with reading(config.store_url) as connection:
        found = list_devices(connection, config.organisation)
        health = said(connection, config.organisation)
        answers = counts(connection, config.organisation)
    return [
        {
            "device": row["device"],
            "state": row["state"],
            "why": row["ended_why"],
            "group": row["device_group"],
            "enrolled": shown(row["enrolled_at"]),
            "seen": shown(row["last_seen_at"]),
            "certificate_until": shown(row["not_after"]),
            "replaced": shown(row["replaced_at"]),
            "superseded": shown(row["superseded_at"]),
            "copied": shown(row["copied_at"]),
            "ended": shown(row["ended_at"]),
            "bundle": row["bundle_version"],
            "bundle_state": row["bundle_state"],
            "bundle_problem": row["bundle_problem"],
            "media_register": row["media_register"],
            "notice": asdict(answers.get(row["device"], Acknowledged())),
            "health": _health(health.get(row["device"])),
        }
        for row in found
    ]


def _health(heard: Heard | None) -> dict[str, object] | None:
    """What a device said of itself last, without the times of which only the difference matters."""
    if heard is None:
        return None
    told = asdict(heard.beat)
    del told["sent_at"]
    return {"heard": shown(heard.received_at), "clock_behind_ms": heard.skew_ms, **told}
