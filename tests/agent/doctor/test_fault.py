"""A fault has an id that stays, and says why it matters."""

import pytest
from lamplighter_agent.doctor.fault import fault, fault_of


@pytest.mark.parametrize(
    ("what", "id_"),
    [
        ("enrolment", "enrolment"),
        ("bundle", "lists"),
        ("device key", "device-key"),
        ("service", "service"),
        ("session.group", "group"),
        ("paths.state", "configuration"),
        ("/etc/lamplighter/agent.toml", "configuration"),
        ("LoginManager", "sessions"),
        ("indicator in session :0", "indicator"),
        ("keys in terminals in session :0", "keys-in-terminals"),
        ("scan of portable media", "media-scan"),
        ("media guard", "media-guard"),
        ("portable media", "portable-media"),
    ],
)
def test_each_check_has_an_id(what: str, id_: str) -> None:
    found = fault_of({"what": what, "reason": "r", "remedy": "m"})
    assert (found.id, found.what, found.reason, found.remedy) == (id_, what, "r", "m")
    assert found.matters


def test_it_is_printed_with_all_that_it_says() -> None:
    assert fault("disk", "r", "m").as_json() == {
        "id": "disk",
        "what": "disk",
        "reason": "r",
        "matters": "what is found can't be stored, and is lost",
        "remedy": "m",
    }
