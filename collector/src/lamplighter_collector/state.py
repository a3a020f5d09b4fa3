"""What may be told of a collector without starting it: kinds, forms and counts."""

from collections.abc import Mapping

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, make_url, select

from lamplighter_collector.backups import state_of_backups
from lamplighter_collector.clock import now_ms, utc_now
from lamplighter_collector.config import Config
from lamplighter_collector.db.engine import reading_engine
from lamplighter_collector.db.faults import translated
from lamplighter_collector.devices.models import devices
from lamplighter_collector.devices.register import State
from lamplighter_collector.enrolment.authority import CERTIFICATE_FILE, FOLDER, Authority
from lamplighter_collector.enrolment.timekeeping import doubt
from lamplighter_collector.errors import AuthorityUnusable, ConfigError, SecretError, SecretMissing
from lamplighter_collector.keys.desk import belonging
from lamplighter_collector.keys.secrets import Secrets
from lamplighter_collector.media import loans, requests
from lamplighter_collector.media.models import media_loans, media_requests
from lamplighter_collector.media.reminding import SOON_MS
from lamplighter_collector.people.attempts import locked_now
from lamplighter_collector.setup.page_certificate import told


def state_of(config: Config) -> Mapping[str, object]:
    """Answers names, kinds and counts.

    Raises:
        StoreUnavailable: the store can't be read, such as before its first migration.
        SecretError: a secret's form can't be told.
    """
    engine = reading_engine(config.store_url, connections=1)
    try:
        with translated(), engine.begin() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            counts = _devices(connection, config.organisation)
            clock = doubt(connection, config.organisation, utc_now())
            locked = locked_now(connection, config.organisation, now_ms=now_ms())
            media = _media(connection, config.organisation)
    finally:
        engine.dispose()
    return {
        "schema": revision,
        "store": make_url(config.store_url).get_backend_name(),
        "secrets": secret_forms(config),
        "keys": belonging(config),
        "devices": counts,
        "authority": authority_state(config),
        "page": page_state(config),
        "portable_media": media,
        "backup": state_of_backups(config),
        "sign_in_locked": locked,
        "clock": clock or "as the store expects",
    }


def authority_state(config: Config) -> dict[str, str]:
    """The authority's pin and validity, and what is wrong with it; empty before the first start."""
    if not (config.state / FOLDER / CERTIFICATE_FILE).exists():
        return {}
    try:
        authority = Authority.open(config.state, config.organisation, utc_now())
    except (AuthorityUnusable, SecretError) as error:
        return {"problem": str(error)}
    return {
        "pin": authority.pin,
        "valid_until": f"{authority.certificate.not_valid_after_utc:%Y-%m-%d}",
        "problem": "",
    }


def page_state(config: Config) -> dict[str, object]:
    """The page's certificate and its end, or what is wrong with it."""
    try:
        return told(config)
    except ConfigError as error:
        return {"problem": str(error)}


def secret_forms(config: Config) -> dict[str, str]:
    """The form of each secret, by folder and name: sealed by systemd-creds, or a file."""
    folders = {config.keys.folder}
    if config.state.is_dir():
        folders.update(path for path in config.state.iterdir() if path.is_dir())
    forms = {}
    for folder in sorted(folders):
        secrets = Secrets(folder)
        for name in secrets.names():
            try:
                forms[f"{folder.name}/{name}"] = secrets.form_of(name)
            except SecretMissing:  # retired at this moment
                continue
    return forms


def _media(connection: Connection, organisation: str) -> dict[str, object]:
    """What waits for a technician: requests, and loans that are or come due within two weeks, by id.

    Nothing of a store that an earlier version left, and that `serve` has not brought up yet.
    """
    found = inspect(connection).get_table_names()
    if not {media_loans.name, media_requests.name} <= set(found):
        return {}
    due = loans.due(connection, organisation, before=now_ms() + SOON_MS)
    return {
        "requests_waiting": requests.count_waiting(connection, organisation),
        "loans_due": due.count,
        "loans_due_first": list(due.ids),
    }


def _devices(connection: Connection, organisation: str) -> dict[str, int]:
    """How many are in each state; none is left out, so that a zero is an answer."""
    query = (
        select(devices.c.state, func.count())
        .where(devices.c.organisation == organisation)
        .group_by(devices.c.state)
    )
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return {state.value: found.get(state.value, 0) for state in State}
