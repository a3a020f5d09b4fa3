"""What follows a decision of the gate: it is recorded and told where it is news, and a scan leaves a receipt.

On the loop. The gate calls it from a medium's keeper, or once that is ending (`gone`), so each thing is
recorded once.
"""

from lamplighter_keywords.policy.device_policy import AfterScan, MediaRules

from lamplighter_agent.clock import Clock
from lamplighter_agent.media import records
from lamplighter_agent.media.permissions import Permissions
from lamplighter_agent.media.rules import HOUR_MS, SEVERITIES, UNAPPROVED, Decision, Reason, Scanned, Step
from lamplighter_agent.media.scan.outcome import Reason as Outcome
from lamplighter_agent.media.scan.outcome import ScanOutcome
from lamplighter_agent.media.scanning import identity_of
from lamplighter_agent.media.stay import GatePorts, Person, Stay, Told, by_the_engine, is_news, kind_of


class Following:
    """Of every medium; what was recorded and told of each stands in its `Stay`."""

    def __init__(self, permissions: Permissions, clock: Clock, ports: GatePorts) -> None:
        self._permissions = permissions
        self._clock = clock
        self._ports = ports

    def settle(self, stay: Stay, decision: Decision) -> None:
        """Let permissions rest where the rules say so, and write the receipt of a scan, once."""
        scanned, person = stay.scanned, stay.person
        rules = None if person is None else self._ports.rules(person.group)
        if scanned is None or stay.receipted is scanned or person is None or rules is None:
            return
        stay.receipted = scanned
        self._rest(stay, decision, rules)
        until = scanned.at + rules.receipt_hours * HOUR_MS if decision.step is Step.RELEASE else 0
        self._receipt(stay, scanned, decision, person, until=until)

    def _receipt(
        self, stay: Stay, scanned: Scanned, decision: Decision, person: Person, *, until: int
    ) -> None:
        # A member of staff at home is named nowhere.
        speaker = person.speaker if self._ports.counts(UNAPPROVED, SEVERITIES[UNAPPROVED]) else None
        receipt = records.receipt_of(stay.medium, scanned, decision, speaker, self._clock, until=until)
        self._ports.found(receipt)

    def gone(self, stay: Stay) -> None:
        """Record that it went, where its coming was recorded."""
        self._pulled(stay)
        unapproved = [one for one in stay.recorded if kind_of(one) == (UNAPPROVED, False)]
        if unapproved:
            self._record(stay, unapproved[-1], present=False)

    def _pulled(self, stay: Stay) -> None:
        """Record and tell that it was taken out before its scan was done; the scanner may have told first."""
        person, due = stay.person, stay.due
        known = stay.decision is not None and stay.decision.reason is Reason.GONE
        if person is None or not (due or known):
            return
        if due:
            gone = Scanned(outcome=ScanOutcome(reason=Outcome.MEDIUM_GONE), at=self._permissions.now())
            self._receipt(stay, gone, due, person, until=0)
        decision = Decision(step=Step.REFUSE, reason=Reason.GONE)
        self._ports.tell(stay.medium, Told(person=person, decision=decision))

    def _rest(self, stay: Stay, decision: Decision, rules: MediaRules) -> None:
        infected = decision.reason is Reason.INFECTED and rules.infected is AfterScan.SUSPEND
        incomplete = decision.reason is Reason.INCOMPLETE and rules.incomplete is AfterScan.SUSPEND
        # An engine that was away says nothing of the medium.
        if infected or (incomplete and not by_the_engine(decision)):
            self._permissions.rest(self._permissions.of(identity_of(stay.medium)))

    def note(self, stay: Stay, decision: Decision) -> None:
        """Record and tell what is new about this decision."""
        before, stay.decision = stay.decision, decision
        if before != decision:
            # What was decided at this time is not decided by an earlier one after a restart.
            self._permissions.keep_time()
            self._ports.changed()
        new = bool(decision.theme) and kind_of(decision) not in map(kind_of, stay.recorded)
        if new and self._record(stay, decision, present=True):
            stay.recorded.append(decision)
        person = stay.person
        if person is None or decision.step is Step.SCAN:
            return
        if stay.told is None or stay.told[0] != person.mark or is_news(stay.told[1], decision):
            stay.told = person.mark, decision
            before_this = person.mark in stay.permitted
            told = Told(person=person, decision=decision, permitted_before=before_this, scanned=stay.scanned)
            self._ports.tell(stay.medium, told)

    def _record(self, stay: Stay, decision: Decision, *, present: bool) -> bool:
        if not self._ports.counts(decision.theme, decision.severity):
            return False
        person = stay.used_by or stay.person if decision.reason is Reason.STILL_IN_USE else stay.person
        speaker = None if person is None else person.speaker
        finding = records.finding_of(
            stay.medium, decision, speaker, self._clock, present=present, route=stay.route
        )
        self._ports.found(finding)
        return True
