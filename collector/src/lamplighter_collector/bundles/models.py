"""The tables of what was signed. Only licensed lists are secret, and sealed; keys are in the state folder."""

from sqlalchemy import Column, LargeBinary, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

root_documents = Table(
    "root_documents",
    metadata,
    text("organisation", "Whose keys."),
    number("version", "Counts up from 1 without gaps; each is signed by the keys of the one before."),
    Column("envelope", LargeBinary(), nullable=False, comment="The signed document."),
    moment("created_at", "When it was made."),
    PrimaryKeyConstraint("organisation", "version"),
)

bundles = Table(
    "bundles",
    metadata,
    text("organisation", "For whose devices."),
    number("version", "Rises with each publication."),
    Column("envelope", LargeBinary(), nullable=False, comment="The signed manifest."),
    Column("keywords", LargeBinary(), nullable=False, comment="The packed lists."),
    Column("policy", LargeBinary(), nullable=False, comment="The device policy, as canonical JSON."),
    Column(
        "licensed", LargeBinary(), comment="The licensed lists, sealed. Only the newest version keeps them."
    ),
    sealed("licensed_key", "What opens the licensed lists.", subject="", nullable=True),
    Column(
        "overrides", LargeBinary(), comment="What the school changes in the lists, without reasons and names."
    ),
    moment("licensed_until", "When the first licence of a licensed list ends.", nullable=True),
    moment("created_at", "When it was published."),
    moment("expires_at", "When devices begin to say that it is past its date; they go on using it."),
    PrimaryKeyConstraint("organisation", "version"),
)
