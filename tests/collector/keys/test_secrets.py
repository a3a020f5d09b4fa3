import shutil
from pathlib import Path

import pytest
from lamplighter_collector.errors import SecretExists, SecretExposed, SecretMissing, SecretUnusable
from lamplighter_collector.keys.secrets import PLAIN, SEALED, Secrets

CONTENT = b"zebra lantern" + bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys"


def plain(folder: Path) -> Secrets:
    return Secrets(folder, tool=None)


def test_what_was_kept_is_there_for_the_next_process(folder: Path) -> None:
    plain(folder).create("master-1", CONTENT)
    again = plain(folder)
    assert again.names() == ("master-1",)
    assert again.load("master-1") == CONTENT
    assert again.form == again.form_of("master-1") == PLAIN
    assert (folder / "master-1.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["master-1.key"]


def test_there_is_nothing_before_the_first_secret(folder: Path) -> None:
    assert plain(folder).names() == ()
    with pytest.raises(SecretMissing):
        plain(folder).load("master-1")


@pytest.mark.parametrize("name", ["", "../master", "A", "a/b", "a.b", "a" * 65])
def test_a_name_is_no_path(folder: Path, name: str) -> None:
    with pytest.raises(SecretUnusable):
        plain(folder).create(name, CONTENT)
    with pytest.raises(SecretUnusable):
        plain(folder).load(name)


def test_a_secret_is_never_overwritten(folder: Path) -> None:
    plain(folder).create("master-1", CONTENT)
    with pytest.raises(SecretExists):
        plain(folder).create("master-1", b"other")
    assert plain(folder).load_or_create("master-1", lambda: b"other") == CONTENT


def test_only_replace_replaces(folder: Path) -> None:
    plain(folder).create("server", CONTENT)
    plain(folder).replace("server", b"next")
    assert plain(folder).load("server") == b"next"


@pytest.mark.fault
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644])
def test_a_file_that_others_can_read_or_write_is_refused(folder: Path, mode: int) -> None:
    plain(folder).create("master-1", CONTENT)
    (folder / "master-1.key").chmod(mode)
    with pytest.raises(SecretExposed, match=f"{mode:o}"):
        plain(folder).load("master-1")


@pytest.mark.fault
def test_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    plain(folder).create("master-1", CONTENT)
    shutil.move(folder / "master-1.key", tmp_path / "elsewhere")
    (folder / "master-1.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SecretUnusable):
        plain(folder).load("master-1")


@pytest.mark.fault
def test_a_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(SecretExposed, match="755"):
        plain(folder).create("master-1", CONTENT)


@pytest.mark.fault
def test_two_forms_of_one_secret_are_refused(folder: Path) -> None:
    plain(folder).create("master-1", CONTENT)
    shutil.copy(folder / "master-1.key", folder / "master-1.sealed")
    with pytest.raises(SecretUnusable, match="two forms"):
        plain(folder).load("master-1")


def test_a_retired_secret_is_kept_until_it_is_forgotten(folder: Path) -> None:
    secrets = plain(folder)
    secrets.create("master-1", CONTENT)
    secrets.retire("master-1")
    assert secrets.names() == ()
    assert secrets.retired() == ("master-1",)
    assert secrets.forget_retired() == ("master-1",)
    assert list(folder.iterdir()) == []


@pytest.mark.fault
def test_a_sealed_secret_without_the_tool_is_refused(folder: Path) -> None:
    plain(folder).create("master-1", CONTENT)
    (folder / "master-1.key").rename(folder / "master-1.sealed")
    with pytest.raises(SecretUnusable, match="not here"):
        plain(folder).load("master-1")


@pytest.mark.fault
def test_a_tool_that_fails_means_the_named_weaker_form(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tool = tmp_path / "systemd-creds"
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o755)
    secrets = Secrets(folder, tool=tool)
    secrets.create("master-1", CONTENT)
    assert secrets.form == PLAIN
    assert (folder / "master-1.key").exists()
    assert Secrets(folder, tool=tmp_path / "none").form == PLAIN
    out, err = capfd.readouterr()
    assert "secret-not-sealed" in out + err


@pytest.mark.root
def test_systemd_creds_seals_to_this_machine_and_to_the_name(folder: Path) -> None:
    secrets = Secrets(folder)
    assert secrets.form == SEALED
    secrets.create("master-1", CONTENT)
    assert secrets.form_of("master-1") == SEALED
    assert secrets.load("master-1") == CONTENT
    assert b"zebra" not in (folder / "master-1.sealed").read_bytes()
    shutil.copy(folder / "master-1.sealed", folder / "master-2.sealed")
    with pytest.raises(SecretUnusable, match="decrypt"):
        secrets.load("master-2")


@pytest.mark.root
def test_a_replaced_secret_takes_the_better_form(folder: Path) -> None:
    plain(folder).create("server", CONTENT)
    Secrets(folder).replace("server", b"next")
    assert Secrets(folder).load("server") == b"next"
    assert [path.name for path in folder.iterdir()] == ["server.sealed"]


def test_what_is_made_on_the_way_is_closed_to_others_too(tmp_path: Path) -> None:
    Secrets(tmp_path / "state" / "keys", tool=None).create("master", b"x")
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
