"""Where a sign-in has its own letters; what becomes of one is shown under wine."""

from lamplighter_agent.backends.windows._letters import names_of


def test_a_sign_in_has_a_folder_of_names_by_its_number() -> None:
    assert names_of(0, 0x3E7A1) == "\\Sessions\\0\\DosDevices\\00000000-0003e7a1"
    assert names_of(-1, 1) == "\\Sessions\\0\\DosDevices\\ffffffff-00000001"
