"""The register of devices: who may deliver."""

from sqlalchemy import Column, LargeBinary, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

devices = Table(
    "devices",
    metadata,
    text("organisation", "Whose device it is."),
    text("device", "Its asset tag."),
    text("identity", "UUID of its enrolment: certificates of an earlier one are refused."),
    text("state", "enrolled, revoked or retired."),
    text("device_group", "pupils or staff, from its token."),
    sealed("attester", "Who attested ownership.", subject=""),
    text("serial", "Serial number of its newest certificate, in hexadecimal."),
    text("serial_before", "Serial number of the one before it; empty for none."),
    moment("not_after", "When that certificate runs out."),
    moment("enrolled_at", "When this identity was made."),
    moment("last_seen_at", "When it delivered last; when it was enrolled, before that."),
    moment("replaced_at", "When it took the place of an identity that was still enrolled; 0 for never."),
    moment("superseded_at", "When somebody last asked with a certificate older than those two; 0 for never."),
    moment("copied_at", "When another machine last said that it has this identity; 0 for never."),
    Column(
        "machine",
        LargeBinary(32),
        nullable=False,
        comment="SHA-256 that tells its machine from others; empty where it has no mark.",
    ),
    moment("ended_at", "When it was revoked or retired; 0 while it is enrolled."),
    text("ended_why", "Why it was: a slug; empty while it is enrolled."),
    number("bundle_version", "Version of the signed bundle that it uses; 0 for none."),
    number("bundle_root", "Version of the root that it checks bundles with; 0 for none."),
    text("bundle_state", "What it said of its bundle: a slug; empty before it said anything."),
    text("bundle_problem", "Why it refused a bundle: a slug; empty for no problem."),
    moment("bundle_at", "When it said so; 0 for never."),
    number("media_register", "Version of the register of media permissions that it uses; 0 for none."),
    PrimaryKeyConstraint("organisation", "device"),
    sqlite_with_rowid=False,
)

ended_identities = Table(
    "ended_identities",
    metadata,
    text("organisation", "Whose device it was."),
    text("identity", "UUID of an enrolment that ended before its asset tag was used again."),
    text("device", "The asset tag that it had."),
    text("state", "revoked or retired."),
    moment("ended_at", "When it was."),
    text("ended_why", "Why it was: a slug."),
    PrimaryKeyConstraint("organisation", "identity"),
    sqlite_with_rowid=False,
)
"""What the register would forget: a laptop that was stolen must still hear it when its tag is another's."""

heartbeats = Table(
    "heartbeats",
    metadata,
    text("organisation", "Whose device it is."),
    text("device", "Its asset tag."),
    text("identity", "UUID of the enrolment that said it."),
    moment("received_at", "When it came, by the collector's clock."),
    moment("sent_at", "When it was sent, by the device's own clock."),
    text("agent_version", "Version of the agent."),
    text("platform", "What it runs on: a slug."),
    text("list_version", "Version of the lists that it judges by."),
    text("policy_version", "Version of the policy that it goes by."),
    text("capabilities", "What each way of sensing can see: a JSON list."),
    text("counts", "Its counters since the service started: a JSON object."),
    number("spool_records", "Records that wait to be delivered."),
    number("spool_bytes", "What they take."),
    number("battery_percent", "0 to 100; -1 where there is no battery."),
    number("on_battery", "1 while it is not plugged in."),
    number("sessions", "How many desktops somebody is signed in to."),
    number("sensing", "1 while it senses in one of them."),
    number("resting", "1 while it rests because of the hours of its policy."),
    number("helper_restarts", "How often the session helper was started again."),
    number("suspended_seconds", "How long the device slept."),
    PrimaryKeyConstraint("organisation", "device"),
    sqlite_with_rowid=False,
)
"""What each device said of itself last. No text of a person, no account, no title."""
