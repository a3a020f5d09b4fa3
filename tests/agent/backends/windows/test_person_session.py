"""What accounts of Windows are called."""

from lamplighter_agent.backends.windows.person_session import account_name


def test_an_account_has_its_domain_unless_it_is_this_device_s_own() -> None:
    assert account_name("anna", "SCHOOL", "LB-0412") == "SCHOOL\\anna"
    assert account_name("anna", "lb-0412", "LB-0412") == "anna"
