"""The tables of portable media. Serial numbers are of things and stand open; people stand sealed."""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text


def _medium() -> tuple[Column[str], ...]:
    return (
        text("bus", "What it is plugged into, such as usb."),
        text("vendor", "Four hexadecimal digits, or empty."),
        text("product", "Four hexadecimal digits, or empty."),
        text("serial", "Its serial number; empty where it has none that names it."),
        text("name", "What it calls itself, or what it was called when it was lent. Never its label."),
    )


media_permissions = Table(
    "media_permissions",
    metadata,
    text("organisation", "Whose permission it is."),
    text("id", "Stands in the signed register, too."),
    *_medium(),
    text("subject", "subjects.id of the account that may use it; empty for a group."),
    sealed("person", "The account name.", subject="subject", nullable=True),
    text("user_group", "pupil or staff; empty for one person."),
    text("access", "read_only or read_write."),
    number("needs_encryption", "1 where it may be used only encrypted."),
    moment("begins_at", "From when."),
    moment("ends_at", "Until when."),
    sealed("reason", "Why, in the issuer's words.", subject=""),
    text("issued_by", "Account that gave it, or console."),
    moment("issued_at", "When."),
    moment("revoked_at", "When it was taken back.", nullable=True),
    text("revoked_by", "Account that took it back, or console; empty while it stands."),
    number("size_bytes", "Of the medium that it was asked for with; 0 where nobody told."),
    PrimaryKeyConstraint("organisation", "id"),
    Index(None, "organisation", "ends_at"),
    sqlite_with_rowid=False,
)

media_loans = Table(
    "media_loans",
    metadata,
    text("organisation", "Whose medium it is."),
    text("id", "Names the loan."),
    *_medium(),
    text("subject", "Pseudonym of who has it."),
    sealed("borrower", "Who has it.", subject="subject"),
    number("encrypted", "1 where it was lent encrypted."),
    moment("lent_at", "Since when."),
    moment("due_at", "When it is to come back, or the loan to be renewed."),
    text("lent_by", "Account that lent it, or console."),
    moment("returned_at", "When it came back.", nullable=True),
    number("reminded", "Stage of reminding.py that was reminded of last; 0 for none."),
    PrimaryKeyConstraint("organisation", "id"),
    Index(None, "organisation", "due_at"),
    sqlite_with_rowid=False,
)

media_requests = Table(
    "media_requests",
    metadata,
    text("organisation", "From the certificate."),
    text("device", "From the certificate."),
    Column("id", LargeBinary(16), nullable=False, comment="Of the detection that it came as."),
    text("subject", "subjects.id of the account that asked; empty where nobody is named."),
    number("user_kind", "UserKind of detection.proto."),
    *_medium(),
    number("size_bytes", "As it says of itself."),
    text("reason", "What for: a slug of the agent's fixed list."),
    number("read_write", "1 where writing was asked for."),
    moment("asked_at", "By the device's clock."),
    moment("received_at", "By the collector's clock."),
    moment("answered_at", "When it was answered.", nullable=True),
    text("answered_by", "Account that answered, or console; empty before.", nullable=True),
    text("permission", "media_permissions.id that answered it; empty where it was refused.", nullable=True),
    PrimaryKeyConstraint("organisation", "device", "id"),
    Index(None, "organisation", "received_at"),
)

scan_receipts = Table(
    "scan_receipts",
    metadata,
    text("organisation", "From the certificate."),
    text("device", "From the certificate."),
    Column("id", LargeBinary(16), nullable=False, comment="Made once on the device."),
    text("subject", "subjects.id of who was signed in; empty where that is not known."),
    number("user_kind", "UserKind of detection.proto."),
    *_medium(),
    number("size_bytes", "As it says of itself."),
    text("tree_digest", "SHA-256 of what was on it, in hexadecimal; empty where the scan did not end."),
    number("verdict", "MediaVerdict of detection.proto."),
    text("reason", "Why it is not clean: a slug; empty for clean."),
    text("engine", "What scanned it."),
    moment("signatures_at", "Of when its signatures are.", nullable=True),
    moment("made_at", "By the device's clock."),
    moment("expires_at", "Until when it counts for an unchanged medium.", nullable=True),
    number("files", "How many were read."),
    number("bytes", "How much was read."),
    number("infected", "How many files are infected."),
    number("unscanned", "How many could not be scanned."),
    text("kinds", "How many files of each kind: a JSON object. Never a name."),
    text("permission", "Id of the permission that it was released under, or unlock-code; empty for none."),
    number("access", "MediaAccess of detection.proto: what was given."),
    moment("received_at", "By the collector's clock."),
    PrimaryKeyConstraint("organisation", "device", "id"),
    Index(None, "organisation", "received_at"),
)

media_registers = Table(
    "media_registers",
    metadata,
    text("organisation", "Whose register it is."),
    number("version", "Of the newest register; it only rises."),
    sealed("envelope", "The signed register as devices get it.", subject=""),
    text("signing_key", "Id of the key that signed it."),
    moment("created_at", "When it was signed."),
    moment("expires_at", "From when it permits nothing any more."),
    PrimaryKeyConstraint("organisation"),
    sqlite_with_rowid=False,
)
"""Only the newest. Sealed, since marks of people stand in it, which whoever guesses names could try out."""
