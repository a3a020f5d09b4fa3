"""`lamplighter-agent enrol`: what the technician runs once on each device.

Loaded by the command line alone: the service never imports it, nor what only it needs.
"""

import asyncio
import contextlib
import socket
import sys
from pathlib import Path

import typer

from lamplighter_agent import config, status
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.backends.select_device import (
    begin_anew,
    machine_facts,
    make_state_folder,
)
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.enrolment import ending
from lamplighter_agent.enrolment.enrol import Wish, enrol
from lamplighter_agent.enrolment.identity import PROTECTION, Identity, IdentityStore
from lamplighter_agent.enrolment.pending import tag_of
from lamplighter_agent.enrolment.standing import fits
from lamplighter_agent.errors import ConfigError, IdentityDamaged
from lamplighter_agent.machine import marks_of, serial_of
from lamplighter_agent.options import (
    AssetTagOption,
    CollectorOption,
    ConfigOption,
    PinOption,
    TokenFileOption,
    TokenOption,
)
from lamplighter_agent.storage import stored_by

_LONGEST_FILE = 1024


def command(
    *,
    collector: CollectorOption,
    pin: PinOption,
    asset_tag: AssetTagOption,
    token: TokenOption = "",
    token_file: TokenFileOption = "",
    path: ConfigOption = config.DEFAULT_PATH,
) -> None:
    """Make this device the school's own: exchange a token for an identity."""
    settings = config.load(path)
    tag = tag_here(asset_tag.strip())
    wish = wish_told(collector, pin, asset_tag=tag, token=token, token_file=token_file)
    identity = run(settings, wish)
    typer.echo(f"enrolled: {identity.asset_tag}, {identity.organisation}")
    if told_the_service(settings):
        typer.echo("the running service takes it up")
    typer.echo(f"certificate until {identity.until:%Y-%m-%d %H:%M} UTC; its key is kept as {PROTECTION}")


def wish_told(collector: str, pin: str, *, asset_tag: str, token: str, token_file: str) -> Wish:
    """Return what a technician typed; raises ConfigError, never with the token."""
    return Wish(
        collector=collector.strip(),
        pin=pin.strip().lower(),
        asset_tag=asset_tag.strip(),
        token=_token_told(token, token_file),
    )


def run(settings: AgentConfig, wish: Wish) -> Identity:
    """Enrol and keep the identity; raise one of our errors with nothing changed.

    That it can be kept is proved before the collector is asked, who spends the token by answering.
    """
    clock = SystemClock()
    store = IdentityStore(settings.state)
    facts = machine_facts()
    try:
        make_state_folder(settings.state)
        with store.assured():
            issued = asyncio.run(enrol(wish, clock.now(), facts))
            if _was_another_s(store, issued.organisation, facts) or ending.read(settings.state) is not None:
                ending.erase(stored_by(settings))
            marks = marks_of(facts, issued.organisation)
            identity = store.enrol(issued, enrolment=wish.collector, now=clock.now(), machine=marks)
        ending.forget(settings.state)
    except OSError as error:
        raise ConfigError("paths.state", f"can't keep the identity there: {error.strerror}") from error
    return identity


def _was_another_s(store: IdentityStore, organisation: str, facts: MachineFacts) -> bool:
    """Tell whether what is stored here was seen for another organisation, or on another machine.

    The one must not read it, and the other tells of it itself.
    """
    with contextlib.suppress(IdentityDamaged):
        old = store.load()
        return old is not None and (old.organisation != organisation or not fits(old, facts))
    return False


def told_the_service(settings: AgentConfig) -> bool:
    """Have a service that runs begin anew with this identity; tells whether there is one."""
    found = status.read(settings.status_file)
    if found is None:
        return False
    return begin_anew(int(found["pid"]))


def tag_here(rule: str) -> str:
    """Return the asset tag that a rule gives this device; raises PendingUnusable where there is none."""
    return tag_of(rule, hostname=socket.gethostname(), serial=serial_of(machine_facts()))


def _token_told(told: str, file: str) -> str:
    """Return the token that a technician gave, in one way of two; raises ConfigError, never with it."""
    if bool(told) == bool(file):
        raise ConfigError("--token-file", "is needed, or --token, and not both")
    if told:
        return told.strip()
    try:
        if file == "-":
            return sys.stdin.read(_LONGEST_FILE).strip()
        with Path(file).open(encoding="utf-8") as source:
            return source.read(_LONGEST_FILE).strip()
    except OSError as error:
        raise ConfigError("--token-file", f"{file} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError("--token-file", f"{file} holds no text") from error
