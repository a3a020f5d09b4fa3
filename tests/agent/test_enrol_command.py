"""The verb `enrol`, as a technician types it, against a school with real TLS."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent.enrolment import ending
from lamplighter_agent.enrolment.ending import Ended
from lamplighter_agent.enrolment.identity import IdentityStore

from tests.support.school import SCHOOL, TOKEN, School, SchoolAuthority, open_school
from tests.support.unprivileged import UNPRIVILEGED

# No file may be larger than 64 KiB: the same to who writes as a full disk.
NO_ROOM = ("prlimit", "--fsize=65536")


class Verb:
    """The command line on one state folder, with a school to talk to."""

    def __init__(self, folder: Path, school: School) -> None:
        self.state = folder / "state"
        self.school = school
        self.token = folder / "token"
        self.token.write_text(f"{TOKEN}\n")
        self._config = folder / "agent.toml"
        self._config.write_text(f'[paths]\nstate = "{self.state}"\nruntime = "{folder}/run"\n')

    async def __call__(
        self,
        *more: str,
        pin: str = "",
        token: Sequence[str] | None = None,
        said: str = "",
        before: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run it; `more` may repeat an option, of which the last one counts, and `before` starts it."""
        command = [*before, sys.executable, "-m", "lamplighter_agent", "enrol", "--config", str(self._config)]
        command += ["--collector", self.school.enrolment, "--pin", pin or self.school.authority.pin]
        command += [
            "--asset-tag",
            "AV-0042",
            *(["--token-file", str(self.token)] if token is None else token),
        ]
        return await asyncio.to_thread(
            subprocess.run, [*command, *more], input=said, capture_output=True, text=True, check=False
        )


@pytest.fixture
def verb(tmp_path: Path, school: School) -> Verb:
    return Verb(tmp_path, school)


async def test_a_device_is_enrolled_and_told_so(verb: Verb) -> None:
    done = await verb()
    assert (done.returncode, done.stderr) == (0, "")
    identity = IdentityStore(verb.state).load()
    assert identity is not None
    assert (identity.organisation, identity.asset_tag) == (SCHOOL, "AV-0042")
    assert identity.enrolment == verb.school.enrolment
    assert "AV-0042, Alder Vale School" in done.stdout
    assert f"{identity.until:%Y-%m-%d}" in done.stdout
    assert "a file, mode 0600" in done.stdout


@pytest.mark.parametrize("token", [["--token", TOKEN], ["--token-file", "-"]])
async def test_the_token_comes_in_three_ways(verb: Verb, token: list[str]) -> None:
    done = await verb(token=token, said=TOKEN)
    assert done.returncode == 0, done.stderr


async def test_a_wrong_pin_says_which_was_found_and_keeps_nothing(verb: Verb) -> None:
    done = await verb(pin=SchoolAuthority().pin)
    assert done.returncode == 2
    assert verb.school.authority.pin in done.stderr
    assert "Nothing was sent" in done.stderr
    assert IdentityStore(verb.state).load() is None
    assert {one.name for one in verb.state.iterdir()} == {".identity.lock"}


@pytest.mark.fault
async def test_a_clock_that_is_years_off_is_one_line_of_ours(tmp_path: Path) -> None:
    async with open_school(SchoolAuthority(days_ahead=4000)) as school:
        done = await Verb(tmp_path, school)()
        assert not school.asked
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "set the clock" in done.stderr


async def test_a_refusal_is_one_line_without_the_token(verb: Verb) -> None:
    verb.school.refuse = "token-used-up"
    done = await verb()
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "tokens issue" in done.stderr
    assert TOKEN.partition(".")[2] not in done.stdout + done.stderr
    assert IdentityStore(verb.state).load() is None


@pytest.mark.parametrize(
    ("token", "named"),
    [
        ([], "--token-file"),
        (["--token", TOKEN, "--token-file", "-"], "--token-file"),
        (["--token-file", "/nowhere/token"], "/nowhere/token can't be read: No such file or directory"),
        (["--token", "zebra lantern"], "token"),
    ],
)
async def test_a_token_that_is_not_there_or_not_whole(verb: Verb, token: list[str], named: str) -> None:
    done = await verb(token=token)
    assert done.returncode == 2
    assert named in done.stderr
    assert "zebra" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not verb.school.asked


async def test_the_token_is_on_no_disk_but_in_its_file(verb: Verb) -> None:
    await verb()
    secret = TOKEN.partition(".")[2].encode()
    kept = [path for path in verb.state.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if secret in path.read_bytes()]


async def test_enrolling_again_takes_the_end_away(verb: Verb) -> None:
    await verb()
    spool = verb.state / "spool"
    spool.mkdir()
    (verb.state / "ended.json").write_text('{"reason": "device-revoked", "at": "2026-11-21T09:00:00+00:00"}')
    assert ending.read(verb.state) == Ended(reason="device-revoked", at=datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert (await verb()).returncode == 0
    assert ending.read(verb.state) is None
    assert not spool.exists()


async def test_enrolling_again_at_the_same_school_keeps_what_waits(verb: Verb) -> None:
    await verb()
    segment = verb.state / "spool" / "segment"
    segment.parent.mkdir()
    segment.touch()
    assert (await verb()).returncode == 0
    assert segment.exists()


async def test_what_was_seen_at_one_school_does_not_go_to_another(verb: Verb, tmp_path: Path) -> None:
    await verb()
    segment = verb.state / "spool" / "segment"
    segment.parent.mkdir()
    segment.touch()
    async with open_school(SchoolAuthority("Marrowby Vale School")) as other:
        verb.school = other
        done = await verb()
    assert done.returncode == 0, done.stderr
    assert not segment.exists()
    identity = IdentityStore(verb.state).load()
    assert identity is not None
    assert identity.organisation == "Marrowby Vale School"


@pytest.mark.fault
async def test_a_state_folder_that_can_t_be_written_is_named(verb: Verb) -> None:
    verb.state.write_text("a file in the way")
    done = await verb()
    assert done.returncode == 2
    assert "paths.state" in done.stderr
    assert "Traceback" not in done.stderr
    assert not verb.school.asked


@pytest.mark.fault
async def test_no_token_is_spent_where_the_identity_has_no_room(verb: Verb) -> None:
    done = await verb(before=NO_ROOM)
    assert (done.returncode, "can't keep the identity there" in done.stderr) == (2, True)
    assert not verb.school.asked
    assert (await verb()).returncode == 0
    assert IdentityStore(verb.state).load() is not None
    assert not list(verb.state.glob(".identity.room"))


@pytest.mark.fault
async def test_no_token_is_spent_by_an_account_that_may_not_write_there(verb: Verb) -> None:
    verb.state.mkdir(mode=0o555)
    done = await verb(before=UNPRIVILEGED)
    assert (done.returncode, "can't keep the identity there: Permission denied" in done.stderr) == (2, True)
    assert not verb.school.asked


def test_the_service_never_loads_what_only_the_verb_needs() -> None:
    code = (
        "from lamplighter_agent.lean import do_without; do_without()\n"
        "from lamplighter_agent import service_command, service\n"
        "from lamplighter_agent.enrolment import contact, ending, identity, renew, silence\n"
        "import sys\n"
        "wanted = ('OpenSSL', 'ssl', '_ssl', 'lamplighter_agent.enrolment.bootstrap', 'typer')\n"
        "print([name for name in wanted if sys.modules.get(name)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.stdout.strip() == "[]"
