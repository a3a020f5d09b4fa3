"""Facts of an invented school, to write letters from."""

from datetime import date
from typing import Any

from lamplighter_collector.letter.facts import LetterFacts
from lamplighter_collector.people.roles import Role
from lamplighter_keywords.policy.device_policy import Contact, DevicePolicy

DAY = date(2026, 9, 14)
LEAD = Contact(label="Safeguarding lead", value="Room 4", checked=date(2026, 9, 1))
OFFICE = Contact(label="School office", value="office@vale.example", checked=date(2026, 9, 2))


def facts(policy: DevicePolicy | None = None, **changes: Any) -> LetterFacts:
    told: dict[str, Any] = {
        "organisation": "Marrowby Vale School",
        "day": DAY,
        "policy": policy or DevicePolicy(contacts=(LEAD, OFFICE)),
        "themes": ("Bullying", "Gambling"),
        "licensed": False,
        "readers": {Role.DSL: 1, Role.DEPUTY: 2, Role.HEADTEACHER: 1, Role.CHAIR: 1},
        "data_contact": OFFICE,
    }
    return LetterFacts(**told | changes)
