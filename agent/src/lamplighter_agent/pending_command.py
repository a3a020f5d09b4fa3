"""Leaving it to the service to enrol (`enrol-later`), and one try of the service's with what was left.

The try is a program of its own, since the handshake before the pin needs OpenSSL, which the service does
without. It says what came of it in one line of JSON on its standard output, and nothing of the token.
"""

import os
import sys
from pathlib import Path

import typer

from lamplighter_agent import config, enrol_command
from lamplighter_agent.backends.pending_port import PendingPlace
from lamplighter_agent.backends.select_device import machine_facts, pending_place
from lamplighter_agent.backends.select_process import harden
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.enrolment.enrol import Wish
from lamplighter_agent.enrolment.pending import Outcome, Pending, Tried, pending_in
from lamplighter_agent.enrolment.standing import standing
from lamplighter_agent.errors import (
    ConfigError,
    EnrolmentRefused,
    LamplighterError,
    PendingUnusable,
    PinWrong,
)
from lamplighter_agent.options import (
    AssetTagOption,
    CollectorOption,
    ConfigOption,
    PinOption,
    TokenFileOption,
    TokenOption,
)


def later(
    *,
    collector: CollectorOption,
    pin: PinOption,
    asset_tag: AssetTagOption,
    token: TokenOption = "",
    token_file: TokenFileOption = "",
    path: ConfigOption = config.DEFAULT_PATH,
) -> None:
    """Leave it to the service to enrol as soon as it can: for images, and where there is no network yet."""
    settings = config.load(path)
    wish = enrol_command.wish_told(collector, pin, asset_tag=asset_tag, token=token, token_file=token_file)
    place = pending_place(settings.file)
    place.write(
        {"collector": wish.collector, "pin": wish.pin, "asset_tag": wish.asset_tag, "token": wish.token}
    )
    typer.echo(f"left in {place.where}: the service enrols with it as soon as it can, and removes it then")
    if enrol_command.told_the_service(settings):
        typer.echo("the running service takes it up")


def command(
    path: ConfigOption = config.DEFAULT_PATH,
) -> None:
    """Try once to enrol with what was left. Only the service starts it."""
    harden()
    sys.stdout.write(tried(config.load(path)).line().decode())


def tried(settings: AgentConfig) -> Tried:
    """Try; every failure is an outcome."""
    try:
        return _tried(settings)
    except LamplighterError as error:
        outcome = Outcome.REFUSED if _for_good(error) else Outcome.LATER
        return Tried(outcome=outcome, problem=str(error))


def _tried(settings: AgentConfig) -> Tried:
    place = pending_place(settings.file)
    told = place.read()
    if told is None:
        return Tried(outcome=Outcome.NONE)
    wish = _wish(place, pending_in(told))
    now = standing(settings.state, facts=machine_facts())
    if now.identity is not None and not now.not_enrolled:
        if (now.identity.enrolment, now.asset_tag) != (wish.collector, wish.asset_tag):
            return Tried(outcome=Outcome.IGNORED, problem="this device is enrolled already")
        place.clear()
        return Tried(outcome=Outcome.OVER)
    enrol_command.run(settings, wish)
    return _enrolled(place)


def _for_good(error: LamplighterError) -> bool:
    """Tell whether only a person can help: somebody must leave something else, or say so at the collector."""
    if isinstance(error, EnrolmentRefused):
        # Without a reason it is too many tries, or the collector's own trouble.
        return bool(error.reason)
    if isinstance(error, ConfigError):
        return error.key != "paths.state"
    return isinstance(error, PinWrong | PendingUnusable)


def _enrolled(place: PendingPlace) -> Tried:
    try:
        place.clear()
    except PendingUnusable as error:
        return Tried(outcome=Outcome.ENROLLED, problem=str(error))
    return Tried(outcome=Outcome.ENROLLED)


def _wish(place: PendingPlace, pending: Pending) -> Wish:
    """Return what to ask for; raises PendingUnusable or ConfigError, which never quotes the token."""
    token = pending.token or place.token_in(pending.token_file or Path(os.devnull))
    tag = enrol_command.tag_here(pending.asset_tag)
    try:
        return Wish(collector=pending.collector, pin=pending.pin, asset_tag=tag, token=token)
    except ConfigError as error:
        raise PendingUnusable(f"{error.key.lstrip('-').replace('-', '_')}: {error.problem}") from error
