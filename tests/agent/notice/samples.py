"""Facts for the page's tests; everything in them is invented."""

import dataclasses
from typing import Any

from lamplighter_agent.notice.facts import Area, Checking, PageFacts, ThemeFact

THEMES = (
    ThemeFact(slug="suicide", name="Suicide", area=Area.CONDUCT),
    ThemeFact(slug="gambling", name="Gambling", area=Area.COMMERCE),
    ThemeFact(slug="grooming", name="Grooming", area=Area.CONTACT),
    ThemeFact(slug="kite-flying", name="Kite <flying>", area=None),
)
FACTS = PageFacts(
    organisation="Larkhill Bridge School", asset_tag="LB-0412", checking=Checking.ON, themes=THEMES
)


def facts(**changes: Any) -> PageFacts:
    return dataclasses.replace(FACTS, **changes)
