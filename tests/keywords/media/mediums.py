"""Mediums, permissions and registers for tests."""

from typing import Final

from hypothesis import strategies as st
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import GROUPS, Access, Permission, person_mark
from lamplighter_keywords.media.register import Refusal, Register, in_order

SCHOOL: Final = "Lantern Lane School"
STICK: Final = MediumId(bus="usb", vendor="0951", product="1666", serial="60A44C3FAC35")
WREN: Final = person_mark(SCHOOL, "wren")
NOW: Final = 1_790_000_000_000
HOUR: Final = 3_600_000

SERIALS: Final = st.text("0123456789ABCDEFabc-:", min_size=4, max_size=24).filter(
    lambda text: len(set(text)) > 1
)
MEDIUMS: Final = st.builds(
    MediumId,
    bus=st.sampled_from(["usb", "mmc"]),
    vendor=st.sampled_from(["", "0951", "beef"]),
    product=st.sampled_from(["", "1666"]),
    serial=SERIALS,
)
WHOM: Final = st.one_of(
    st.tuples(st.text(min_size=1, max_size=8).map(lambda name: person_mark(SCHOOL, name)), st.just("")),
    st.tuples(st.just(""), st.sampled_from(GROUPS)),
)


def permission(
    number: int = 1,
    *,
    medium: MediumId = STICK,
    person: str = WREN,
    group: str = "",
    access: Access = Access.READ_ONLY,
    begins: int = NOW - HOUR,
    ends: int = NOW + HOUR,
    needs_encryption: bool = False,
    size_bytes: int = 0,
) -> Permission:
    return Permission(
        id=f"permission-{number}",
        medium=medium,
        person=person,
        group=group,
        access=access,
        begins=begins,
        ends=ends,
        needs_encryption=needs_encryption,
        size_bytes=size_bytes,
    )


PERMISSIONS: Final = st.builds(
    lambda whom, **rest: permission(person=whom[0], group=whom[1], **rest),
    WHOM,
    number=st.integers(1, 10**6),
    medium=MEDIUMS,
    access=st.sampled_from(Access),
    begins=st.integers(1, NOW),
    ends=st.integers(NOW + 1, NOW * 2),
    needs_encryption=st.booleans(),
    size_bytes=st.sampled_from([0, 1, 16_000_000_000]),
)


REFUSALS: Final = st.builds(
    Refusal,
    request=st.binary(min_size=16, max_size=16).map(bytes.hex),
    until=st.integers(1, NOW * 2),
)


def register(
    *permissions: Permission,
    version: int = 7,
    organisation: str = SCHOOL,
    refused: tuple[Refusal, ...] = (),
) -> Register:
    return Register(
        organisation=organisation,
        version=version,
        created=NOW - 24 * HOUR,
        expires=NOW + 29 * 24 * HOUR,
        permissions=in_order(permissions),
        refused=refused,
    )
