"""What an MSI leaves in the registry, and that it is closed to ordinary accounts."""

from lamplighter_agent.backends.windows.pending_registry import KEY, PendingRegistry

from tests.support.fakes.windows_registry import PretendedRegistry


def test_a_key_is_closed_before_its_token_is_read() -> None:
    registry = PretendedRegistry()
    registry.keys[KEY] = {"Collector": "collector.example:7444", "Token": "one.two"}
    assert PendingRegistry(registry, registry).read() == {
        "collector": "collector.example:7444",
        "token": "one.two",
    }
    assert registry.closed == {KEY}


def test_values_of_properties_that_were_not_given_are_no_values() -> None:
    registry = PretendedRegistry()
    place = PendingRegistry(registry, registry)
    registry.keys[KEY] = {"Collector": "", "Pin": "", "AssetTag": "", "Token": "", "TokenFile": ""}
    assert place.read() is None
    registry.keys[KEY] |= {"Pin": "sha256:00", "Other": 1}
    assert place.read() == {"pin": "sha256:00"}


def test_what_is_left_is_closed_before_the_token_comes() -> None:
    registry = PretendedRegistry()
    seen: list[bool] = []
    write = registry.write

    def watched(key: str, name: str, value: int | str) -> None:
        if value == "one.two":
            seen.append(KEY in registry.closed)
        write(key, name, value)

    registry.write = watched  # type: ignore[method-assign]
    PendingRegistry(registry, registry).write({"token": "one.two"})
    assert seen == [True]
