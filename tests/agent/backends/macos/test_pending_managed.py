"""Settings of a profile and the token beside: neither counts without the other, and the token goes."""

import plistlib
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos.pending_managed import BESIDE, ManagedEnrolment
from lamplighter_agent.errors import PendingUnusable

from installers.macos.profile import Enrolment, profile

LEFT = Enrolment(collector="lamp.school.example:7444", pin="sha256:" + "0" * 64, asset_tag="serial")


@pytest.fixture
def place(tmp_path: Path) -> ManagedEnrolment:
    return ManagedEnrolment(tmp_path / "agent.toml", managed=tmp_path / "managed.plist")


def managed(folder: Path) -> Path:
    """What the system makes of our own profile: its settings as one property list."""
    whole = plistlib.loads(profile(organisation="Larkhill Bridge School", team="A1B2C3D4E5", enrolment=LEFT))
    (content,) = [one["PayloadContent"] for one in whole["PayloadContent"] if "PayloadContent" in one]
    ((name, forced),) = content.items()
    assert name == "lamplighter.agent"
    path = folder / "managed.plist"
    path.write_bytes(plistlib.dumps(forced["Forced"][0]["mcx_preference_settings"]))
    path.chmod(0o644)
    return path


def token(folder: Path) -> Path:
    path = folder / BESIDE
    path.write_text("one.two\n", encoding="ascii")
    path.chmod(0o600)
    return path


def test_the_profile_s_settings_count_while_a_token_lies_there(
    place: ManagedEnrolment, tmp_path: Path
) -> None:
    managed(tmp_path)
    assert place.mark() is None
    assert place.read() is None
    file = token(tmp_path)
    told = place.read()
    assert told == {
        "collector": LEFT.collector,
        "pin": LEFT.pin,
        "asset_tag": "serial",
        "token_file": str(file),
    }
    assert place.token_in(file) == "one.two"
    place.clear()
    assert not file.exists()
    assert place.mark() is None


def test_a_token_without_a_profile_waits_for_it(place: ManagedEnrolment, tmp_path: Path) -> None:
    file = token(tmp_path)
    assert place.mark() is None
    assert place.read() is None
    managed(tmp_path)
    before = place.mark()
    assert before is not None
    file.unlink()
    token(tmp_path).write_text("three.four", encoding="ascii")
    assert place.mark() not in (None, before)


def test_the_file_that_holds_all_comes_first(place: ManagedEnrolment, tmp_path: Path) -> None:
    managed(tmp_path)
    kept = token(tmp_path)
    place.write({"pin": "sha256:11"})
    assert place.where == str(tmp_path / "enrolment.toml")
    assert place.read() == {"pin": "sha256:11"}
    place.clear()
    assert kept.exists()
    assert place.where.startswith(str(tmp_path / "managed.plist"))


@pytest.mark.parametrize("content", [b"", b"<plist", b"bplist00\xff", b"<!DOCTYPE x>"])
def test_what_is_no_property_list_is_never_quoted(
    place: ManagedEnrolment, tmp_path: Path, content: bytes
) -> None:
    token(tmp_path)
    path = tmp_path / "managed.plist"
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(PendingUnusable, match="is no property list"):
        place.read()


def test_settings_that_others_could_have_written_count_for_nothing(
    place: ManagedEnrolment, tmp_path: Path
) -> None:
    token(tmp_path)
    path = managed(tmp_path)
    path.chmod(0o664)
    with pytest.raises(PendingUnusable, match="others than root can write"):
        place.read()
    path.rename(tmp_path / "real.plist")
    path.symlink_to(tmp_path / "real.plist")
    with pytest.raises(PendingUnusable, match="can't be read"):
        place.read()
