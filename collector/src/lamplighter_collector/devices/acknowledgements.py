"""What people answered to the notice at sign-in: who, when, on which device, to which words and policy.

The devices page and `devices --json` show `counts` only: technicians see no account. An account that answered
again counts by its last answer.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, LargeBinary, PrimaryKeyConstraint, Table, func, select

from lamplighter_collector.db.base import metadata, moment, number, text

acknowledgements = Table(
    "acknowledgements",
    metadata,
    text("organisation", "From the certificate."),
    text("device", "From the certificate."),
    Column("id", LargeBinary(16), nullable=False, comment="Made once on the device."),
    text("subject", "subjects.id of the account that answered."),
    number("user_kind", "UserKind of detection.proto."),
    number("accepted", "1 for agreed, 0 for declined. Declining is no misconduct."),
    text("notice_version", "Version of the words that were shown."),
    text("policy", "Digest of the device policy that they told of, in hexadecimal."),
    text("language", "Language tag of the words."),
    text("reading_age", "For whom they were written, such as 7-11."),
    moment("answered_at", "By the device's clock."),
    moment("received_at", "By the collector's clock."),
    PrimaryKeyConstraint("organisation", "device", "id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """How many accounts of one device agreed to the notice, and how many declined."""

    agreed: int = 0
    declined: int = 0

    @property
    def words(self) -> str:
        """One plain sentence; empty where nobody answered."""
        if not self.agreed and not self.declined:
            return ""
        return f"The notice: {self.agreed} agreed, {self.declined} declined."


def counts(connection: Connection, organisation: str) -> dict[str, Acknowledged]:
    """The last answer of every account, counted by asset tag; a device without any is missing."""
    mine = acknowledgements.c.organisation == organisation
    order = func.row_number().over(
        partition_by=(acknowledgements.c.device, acknowledgements.c.subject),
        order_by=(acknowledgements.c.answered_at.desc(), acknowledgements.c.id.desc()),
    )
    columns = (acknowledgements.c.device, acknowledgements.c.accepted, order.label("place"))
    last = select(*columns).where(mine).subquery()
    query = (
        select(last.c.device, func.sum(last.c.accepted), func.count())
        .where(last.c.place == 1)
        .group_by(last.c.device)
    )
    return {
        str(device): Acknowledged(agreed=int(agreed), declined=int(answers) - int(agreed))
        for device, agreed, answers in connection.execute(query)
    }
