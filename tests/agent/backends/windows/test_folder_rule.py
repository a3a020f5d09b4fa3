"""Whether a folder is the service's own, by Windows' words on it."""

import pytest
from lamplighter_agent.backends.windows.folder_rule import (
    ADMINISTRATORS,
    FILE,
    FOLDER,
    SYSTEM,
    Right,
    file_rights,
    folder_rights,
    problem,
    shown_to_others,
)

PUPIL, USERS, EVERYBODY, MAKER = "S-1-5-21-1-2-3-1001", "S-1-5-32-545", "S-1-1-0", "S-1-3-0"
ALL, READ, APPEND = 0x1F01FF, 0x1200A9, 0x4
OURS = (Right(user=SYSTEM, mask=ALL), Right(user=ADMINISTRATORS, mask=ALL), Right(user=USERS, mask=READ))


def test_a_folder_as_we_make_it_is_ours() -> None:
    assert problem(SYSTEM, OURS, SYSTEM) == ""
    assert problem(ADMINISTRATORS, [*OURS, Right(user=MAKER, mask=ALL)], SYSTEM) == ""


def test_one_that_a_pupil_made_before_us_is_not() -> None:
    assert problem(PUPIL, OURS, SYSTEM) == "belongs to another user"


@pytest.mark.parametrize("user", [PUPIL, USERS, EVERYBODY])
@pytest.mark.parametrize("mask", [ALL, APPEND, 0x10000, 0x40000, 0x80000, 0x1000_0000, 0x4000_0000])
def test_one_where_others_may_write_or_change_rights_is_not(user: str, mask: int) -> None:
    assert problem(SYSTEM, [*OURS, Right(user=user, mask=mask)], SYSTEM) == "others may write to it"


def test_an_ordinary_user_s_own_is_theirs_and_nobody_else_s() -> None:
    own = [*OURS, Right(user=PUPIL, mask=ALL)]
    assert problem(PUPIL, own, PUPIL) == ""
    assert problem(PUPIL, own, SYSTEM) == "belongs to another user"


def test_what_is_made_inherits_nothing_from_above_and_hands_nothing_on_to_others() -> None:
    for rights in (FOLDER, folder_rights(PUPIL), FILE, file_rights(PUPIL)):
        assert rights.startswith("D:P(")
        (others,) = [line for line in rights.split("(") if line.endswith("BU)")]
        assert others in ("A;;0x1200a9;;;BU)", "A;;FR;;;BU)")


@pytest.mark.parametrize("user", [PUPIL, USERS, EVERYBODY])
@pytest.mark.parametrize("mask", [ALL, READ, 0x1, 0x2, 0x1000_0000, 0x2000_0000, 0x8000_0000])
def test_a_key_that_others_may_read_or_change_is_shown(user: str, mask: int) -> None:
    assert shown_to_others([*OURS[:2], Right(user=user, mask=mask)], SYSTEM)


def test_a_key_for_the_system_administrators_and_us_alone_is_not_shown() -> None:
    assert not shown_to_others(OURS[:2], SYSTEM)
    assert not shown_to_others([*OURS[:2], Right(user=PUPIL, mask=ALL)], PUPIL)
