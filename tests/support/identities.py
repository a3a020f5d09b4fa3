"""An enrolled device's state folder without a collector: nobody answers at its addresses."""

from datetime import UTC, datetime
from pathlib import Path

from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.enrolment.identity import Identity, IdentityStore
from lamplighter_agent.enrolment.issued import Issued, new_key
from lamplighter_agent.machine import marks_of
from lamplighter_keywords.policy.device_policy import DevicePolicy

from tests.support.bundled import bundled, root_of
from tests.support.school import SchoolAuthority

NOBODY = "127.0.0.1:1"


def issued_by(
    authority: SchoolAuthority, tag: str = "AV-1", *, ingest: str = NOBODY, group: str = "pupils"
) -> Issued:
    """Return a fresh identity as a collector would issue it."""
    key = new_key()
    return Issued(
        organisation=authority.organisation,
        asset_tag=tag,
        ingest=ingest,
        certificate=authority.device(tag, key.public_key()),
        authorities=(authority.certificate,),
        roots=(root_of(authority.organisation),),
        group=group,
        key=key,
    )


def enrolled(
    state: Path,
    issued: Issued | None = None,
    *,
    policy: DevicePolicy | None = None,
    keywords: bytes | None = None,
    machine: MachineFacts | None = None,
) -> Identity:
    """Have an identity in a state folder, and the shipped lists, or others, with a policy, signed."""
    state.mkdir(mode=0o755, parents=True, exist_ok=True)
    whole = issued or issued_by(SchoolAuthority())
    bundled(state, whole.organisation, policy, keywords=keywords)
    marks = None if machine is None else marks_of(machine, whole.organisation)
    return IdentityStore(state).enrol(whole, enrolment=NOBODY, now=datetime.now(UTC), machine=marks)
