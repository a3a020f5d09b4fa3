"""Marks of a machine: the same one, another one, and one that has none."""

import pytest
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.machine import NO_MARK, Marks, bound_words, marks_kept, marks_of, serial_of

UUID, SERIAL, SYSTEM = "4c4c4544-0044-3510-8052-b4c04f4b3733", "PF2ABCDE", "0f" * 16
SCHOOL = "Alder Vale School"


def marks(uuid: str = UUID, serial: str = SERIAL, system: str = SYSTEM) -> Marks:
    return marks_of(MachineFacts(product_uuid=uuid, serial=serial, system_id=system), SCHOOL)


def test_the_same_machine_fits_also_with_a_new_system() -> None:
    assert marks().fit(marks())
    assert marks().fit(marks(system="1e" * 16))
    assert marks().fit(marks(uuid=UUID.upper()))


@pytest.mark.parametrize(
    "other",
    [
        marks(uuid="4c4c4544-0044-3510-8052-b4c04f4b3734", serial="PF2ABCDF"),
        marks(serial="PF2ABCDF"),
        marks(uuid="", serial="PF2ABCDF"),
        marks(uuid="4c4c4544-0044-3510-8052-b4c04f4b3734", serial=""),
        # Hardware says nothing any more, and the system is another one, or says nothing either.
        marks(uuid="", serial="", system="1e" * 16),
        marks(uuid="", serial="", system=""),
    ],
)
def test_another_machine_does_not_fit_though_its_disk_is_a_copy(other: Marks) -> None:
    assert not marks().fit(other)


def test_where_hardware_says_nothing_the_system_decides() -> None:
    none = marks(uuid="", serial="")
    assert none.fit(none)
    assert marks().fit(none)
    assert not none.fit(marks(uuid="", serial="", system="1e" * 16))


def test_an_identity_without_any_mark_is_anybody_s() -> None:
    assert Marks().fit(marks())
    assert Marks().fit(Marks())


@pytest.mark.parametrize(
    "rubbish",
    ["", "0", "None", "Default string", "To be filled by O.E.M.", "System Serial Number", "0123456789",
     "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "xxxxxxxx",
     "03000200-0400-0500-0006-000700080009", "Not Specified", "N/A"],
)  # fmt: skip
def test_what_makers_leave_is_no_number(rubbish: str) -> None:
    assert serial_of(MachineFacts(serial=rubbish)) == ""
    found = marks(uuid=rubbish, serial=rubbish)
    assert not found.of_hardware
    assert found.hardware == b""


def test_no_number_is_in_a_mark_and_two_schools_can_t_compare_theirs() -> None:
    kept = marks().kept()
    assert not {UUID, SERIAL, SYSTEM} & set(kept.values())
    assert marks_of(MachineFacts(product_uuid=UUID, serial=SERIAL), "Marrowby Vale School") != marks(
        system=""
    )
    assert len(marks().hardware) == 32


def test_a_machine_without_a_mark_is_said_to_be_one() -> None:
    assert bound_words(marks()) == "known by its hardware"
    assert bound_words(marks(uuid="None", serial="")) == NO_MARK
    assert "not bound" in bound_words(None)


def test_marks_are_kept_and_read_again() -> None:
    assert marks_kept(marks().kept()) == marks()
    assert marks_kept(None) is None
    with pytest.raises(ValueError, match="machine"):
        marks_kept({"uuid": 1})
