"""Every sentence of the page, one catalogue for each language; today English for readers of 9 to 11.

Rules of the words: short sentences, no blame, nothing that the agent does not do. What stands in braces is
filled in by `document` and `rules`; a test knows every place. A language is a `Words` in CATALOGUE; a test
reads them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lamplighter_keywords.policy.device_policy import MediaMode

from lamplighter_agent.notice.facts import Area, Check, Checking, Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. Tuples are paragraphs or list items, in order."""

    language: str
    direction: str
    skip: str
    title: str
    this_device: str
    state: Mapping[Checking, str]
    rests_until: str
    for_technician: str
    unnamed: str
    why: tuple[str, ...]
    why_not_enrolled: tuple[str, ...]
    why_ended: tuple[str, ...]
    help_link: str
    checks_heading: str
    checks: Mapping[Check, str]
    looks_for: str
    no_lists: str
    licensed_heading: str
    licensed: str
    areas: Mapping[Area | None, str]
    themes: Mapping[str, str]
    never_heading: str
    never: tuple[str, ...]
    when_heading: str
    when: tuple[str, ...]
    staff_off: str
    staff_on: str
    days: tuple[str, ...]
    every_day: str
    days_between: str
    days_and: str
    window: str
    in_term: str
    hours: str
    place_heading: str
    place: tuple[str, ...]
    at_school: str
    away: str
    away_otherwise: str
    counts: Mapping[Counted, str]
    media: Mapping[MediaMode, str]
    school_heading: str
    kept_days: str
    checked_on: str
    found_heading: str
    found: tuple[str, ...]
    readers_heading: str
    readers: tuple[str, ...]
    wrong_heading: str
    wrong: tuple[str, ...]
    talk_heading: str
    talk: tuple[str, ...]
    nobody_reading: str
    contacts: tuple[tuple[str, str], ...]
    foot: tuple[str, ...]


ENGLISH = Words(
    language="en",
    direction="ltr",
    skip="Skip to the main part",
    title="What this device checks",
    this_device="This device: {asset_tag}",
    state={
        Checking.ON: "Checking is on now",
        Checking.NOT_ENROLLED: "Checking is off: nobody has said yet that this device belongs to the school",
        Checking.ENDED: "Checking has ended on this device",
        Checking.SILENT: "Checking is off: this device has not been in touch with the school for a long time",
        Checking.STRIP_HIDDEN: "Checking is off: the strip at the top of the screen can't be seen",
        Checking.WAITING: "Checking is off: the word lists of the school have not come yet",
        Checking.RESTING: "Checking is off: it rests now",
        Checking.STAFF_NOT_AGREED: "Checking is off: it has not been agreed for adults at the school",
        Checking.STOPPED: "Checking is off now",
    },
    rests_until="Checking is off: it rests until {until}",
    for_technician="For a technician:",
    unnamed="your school",
    why=(
        "This device belongs to {organisation}.",
        "It looks out for words that may mean that somebody is being hurt, is in danger or needs help.",
        "It is not a secret, and you are not in trouble.",
    ),
    why_not_enrolled=(
        "Nothing you do on this device is checked or kept.",
        "That would only change if the school said that it owns this device.",
    ),
    why_ended=(
        "Nothing you do on this device is checked any more.",
        "Words that were kept here were locked up, and the key is gone. Nobody can read them here.",
    ),
    help_link="I need help",
    checks_heading="What it checks",
    checks={
        Check.TYPED: "Words you type, in most places, even if you delete them again",
        Check.TITLES: "The names of the windows and pages you open",
        Check.MEDIA: "Memory sticks and cards you put in: what they are called and how big they are",
    },
    looks_for="It looks for words about these things:",
    no_lists="There are no word lists on this device now, so no words can be found.",
    licensed_heading="Words that may not be shown",
    licensed="The school also looks for {count} words and phrases that others lent it to keep children safe. "
    "Nobody may show them, and what was typed around them is not kept either.",
    areas={
        Area.CONTENT: "Things people may see or read",
        Area.CONTACT: "People who may trick or hurt somebody",
        Area.CONDUCT: "How people treat themselves and others",
        Area.COMMERCE: "Money, buying and tricks",
        None: "Other things",
    },
    themes={
        "suicide": "Not wanting to live any more",
        "self-harm": "Hurting yourself",
        "eating-disorder": "Eating so little, or in such a way, that it harms you",
        "low-mood": "Feeling very sad or worried for a long time",
        "help-seeking": "Asking for help (that is always all right)",
        "abuse-disclosure": "Being hurt, or not looked after, at home",
        "bullying": "Bullying",
        "violence": "Fights and threats",
        "weapons": "Weapons",
        "drugs": "Drugs, alcohol and vapes",
        "missing": "Running away",
        "hate": "Hate about who somebody is",
        "misogyny": "Hate against women and girls",
        "radicalisation": "Groups that want to pull people into hate and violence",
        "terrorism": "Plans to hurt many people",
        "grooming": "Somebody who makes friends with a child to hurt them later",
        "criminal-exploitation": "Being pushed to carry or sell things for others",
        "nudes": "Pictures of bodies that should stay private",
        "pornography": "Pictures and films that are only for adults",
        "csam": "Pictures that show a child being hurt",
        "harmful-sexual-behaviour": "Touching or talk about bodies that somebody does not want",
        "gambling": "Betting and gambling",
        "scams": "Tricks to get money or passwords",
        "cyber-misuse": "Breaking into computers or getting around the school's rules for them",
        "personal-data": "Telling strangers where you live or how to reach you",
        "impersonation": "Pretending to be somebody else",
        "ai-companion": "Chatbots that give dangerous answers",
        "profanity": "Swearing",
        "unapproved-media": "USB sticks that nobody has allowed yet",
        "malware-media": "USB sticks with a virus",
        "deceptive-device": "USB sticks that are not what they say",
        "tamper": "Somebody switching Lamplighter off",
    },
    never_heading="What it never checks",
    never=(
        "Passwords, or anything in a password box",
        "What is on your screen: it takes no pictures",
        "Your camera, your microphone or where you are",
        "Your files and your photos",
        "How fast you type",
        "Your own phone or your own computer",
    ),
    when_heading="When",
    when=("Whenever you are logged in to this device and the strip at the top of the screen is there.",),
    staff_off="For adults who work at the school it is off.",
    staff_on="For adults who work at the school it is on too.",
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    every_day="every day",
    days_between="{first} to {last}",
    days_and="{some} and {last}",
    window="{days} from {start} to {end}",
    in_term="{window} in term",
    hours="It is on {window}. At all other times it rests.",
    place_heading="At school and away from school",
    place=(
        "This device can tell one thing only: if it is at school or not. It never knows where else it is.",
        "If it can't tell, the rules for away from school count.",
    ),
    at_school="At school: {what}",
    away="Away from school, {window}: {what}",
    away_otherwise="Away from school at other times: {what}",
    counts={
        Counted.ALL: "everything on this page",
        Counted.SERIOUS: "only things that are more serious",
        Counted.MOST_SERIOUS: "only the most serious things",
        Counted.NOTHING: "nothing is checked",
    },
    media={
        MediaMode.RECORD: "A memory stick that nobody has allowed is noted. You can still use it.",
        MediaMode.READ_ONLY: "Your school wants memory sticks that nobody has allowed to be read only. "
        "This device can't do that yet: it notes them.",
        MediaMode.BLOCK: "Your school wants memory sticks that nobody has allowed not to work. "
        "This device can't do that yet: it notes them.",
    },
    school_heading="From your school",
    kept_days="Your school's rule: words that nobody needs are kept for {days} days at most. You can ask.",
    checked_on="(checked on {date})",
    found_heading="If it finds something",
    found=(
        "It keeps the few words it was looking for, and a little of what stands beside them.",
        "It forgets all the rest. The words it keeps are locked up and sent to your school.",
        "An adult whose job is keeping children safe reads them and thinks about what you might need.",
        "Nobody is told off by a computer. It does not give you marks or points.",
    ),
    readers_heading="Who can read it",
    readers=(
        "The adults at {organisation} whose job is keeping children safe.",
        "Your school decides how long the words are kept. You can ask.",
    ),
    wrong_heading="If it got it wrong",
    wrong=(
        "Machines make mistakes. It may have been a song, a story or homework.",
        "You can say so to the adult who talks to you. You can also ask to see what is kept about you.",
    ),
    talk_heading="If you want to talk to someone",
    talk=(
        "You can ask for yourself or for a friend. You don't need to know the right words.",
        "You can also press “I need help” at the end of the strip: then a grown-up at school is told.",
    ),
    nobody_reading="Nobody may be reading tonight. If it can't wait, don't wait for this device.",
    contacts=(
        ("A grown-up you trust at school", "Your teacher, or any adult at school, will know who can help."),
        ("A grown-up you trust at home or in the family", "Show them this page if that is easier."),
        ("If somebody is in danger right now", "Ring 999 (in the United Kingdom) or ask an adult to ring."),
    ),
    foot=(
        "This page is made from the rules that run on this device now.",
        "The strip at the top of the screen is always there while something is checked.",
    ),
)

CATALOGUE: Mapping[str, Words] = {ENGLISH.language: ENGLISH}


def words_in(language: str) -> Words:
    """The catalogue of a language tag or of its first part; English where there is none."""
    tag = language.replace("_", "-").split(".")[0].lower()
    return CATALOGUE.get(tag) or CATALOGUE.get(tag.split("-")[0]) or ENGLISH
