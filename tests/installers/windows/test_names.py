"""Names that must be the same in each build."""

from pathlib import PurePosixPath

import pytest

from installers.windows.names import component_code, key, product_code, product_version, short_names


def test_guids_are_these_in_every_build() -> None:
    # As they were released: another one would leave files behind, or miss a detection rule.
    assert product_code("0.1.0") == "{B3858F5A-49E0-5508-9ACC-0C6271863079}"
    assert component_code(PurePosixPath("_internal/_socket.pyd")) == "{25E6717C-AF20-5551-BAD7-5CF826EEF361}"


def test_case_is_nothing_to_windows_and_a_version_is_a_product() -> None:
    assert component_code(PurePosixPath("A/b.PYD")) == component_code(PurePosixPath("a/B.pyd"))
    assert key("f", PurePosixPath("A/b")) == key("f", PurePosixPath("a/B"))
    assert product_code("0.1.0") != product_code("0.1.1")


@pytest.mark.parametrize("version", ["0.1", "0.1.0.dev1", "1.0.0-rc1", "256.0.0", "0.256.0", "1.0.65536"])
def test_a_version_that_windows_installer_could_not_compare_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="Windows Installer"):
        product_version(version)


def test_long_names_have_a_short_one_beside_them_each_another() -> None:
    found = short_names(["python311.dll", "python3.dll", "py.typed", "METADATA", "a b.txt"])
    assert found["python3.dll"] == "PYTHON3.DLL|python3.dll"
    assert found["METADATA"] == "METADATA"
    shorts = [name.partition("|")[0].upper() for name in found.values()]
    assert len(set(shorts)) == len(found)
    for name, both in found.items():
        stem, _, ending = both.partition("|")[0].partition(".")
        assert (len(stem) <= 8, len(ending) <= 3, " " in stem) == (True, True, False)
        assert both.endswith(name)
