"""What must be there before anything is served: the schema, the seals, the authority, something signed.

`serve` runs it at every start and `setup` once, so that both make the same things in the same order. All of
it blocks.
"""

import contextlib
from collections.abc import Callable
from typing import NamedTuple

import structlog
from sqlalchemy import Engine

from lamplighter_collector.bundles.services import ensure_published, policy_of
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import utc_now
from lamplighter_collector.config import Config
from lamplighter_collector.db.faults import translated
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.enrolment import timekeeping
from lamplighter_collector.enrolment.authority import Authority
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals

_log = structlog.get_logger()


class Prepared(NamedTuple):
    """What is ready. The caller closes the seals and lets go of the store."""

    revision: str
    seals: Seals
    authority: Authority


def prepare(
    config: Config,
    engine: Engine,
    sealing: Callable[[Config, Engine], Seals] = open_seals,
    *,
    policy: bytes | None = None,
) -> Prepared:
    """Bring the store to this version's schema, open the seals, and have something signed to hand out.

    ``policy`` is what the very first bundle says of devices, in place of the file that the settings name.

    Raises:
        ConfigError, KeyRingError, SecretError, AuthorityUnusable, BundleError, StoreUnavailable
    """
    with contextlib.ExitStack() as undoing:
        # A store that is refused is let go of whole: its log, if left, would harm the one put in its place.
        undoing.callback(engine.dispose)
        revision = migrate(engine)
        _name_a_doubtful_clock(engine, config.organisation)
        seals = sealing(config, engine)
        undoing.callback(seals.close)
        # After the seals: beside a store that is not of these keys no authority is made, and what is put on
        # record is chained with their key.
        authority = Authority.open(config.state, config.organisation, utc_now())
        if policy is None and config.first_policy is not None:
            policy = policy_of(config.first_policy)
        ensure_published(engine, SigningKeys(config.state), config.organisation, policy)
        undoing.pop_all()
    return Prepared(revision, seals, authority)


def _name_a_doubtful_clock(engine: Engine, organisation: str) -> None:
    with translated(), engine.begin() as connection:
        if problem := timekeeping.doubt(connection, organisation, utc_now()):
            _log.error("clock-doubtful", problem=problem)
