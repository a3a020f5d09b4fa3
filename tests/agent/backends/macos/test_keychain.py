"""The device's key in a pretended Mac's keychain."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.macos.keychain import KeychainKeyStore
from lamplighter_agent.errors import KeyUnavailable

from tests.support.fakes.keychain import PretendedKeychain

HERE = Path("state")


class Faster(PretendedKeychain):
    """Another process puts its own key there just before us."""

    def add(self, name: str, owner: str, secret: bytes) -> None:
        self.kept[name, owner] = bytes(32)
        super().add(name, owner, secret)


class Refusing(PretendedKeychain):
    """The system says no."""

    def find(self, name: str, owner: str) -> bytes | None:
        raise OSError(13, "the keychain answered -25293")


def test_of_two_that_start_together_the_second_has_the_first_one_s_key() -> None:
    assert KeychainKeyStore(HERE, Faster()).device_key() == bytes(32)


def test_a_keychain_that_refuses_stops_with_its_word() -> None:
    with pytest.raises(KeyUnavailable, match="-25293"):
        KeychainKeyStore(HERE, Refusing()).device_key()


def test_one_of_a_wrong_size_is_refused_and_kept() -> None:
    keychain = PretendedKeychain()
    keychain.kept["device.key", str(HERE)] = b"short"
    with pytest.raises(KeyUnavailable, match="5 bytes"):
        KeychainKeyStore(HERE, keychain).device_key()
    assert keychain.kept["device.key", str(HERE)] == b"short"
