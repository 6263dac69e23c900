"""Remind of families that wait for their first call: function mailbox, who is responsible, SKR (decision 0020)."""

from collections import Counter
from dataclasses import dataclass

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import AccessOccasion, AccessTask, ReminderTask, Stage
from familjehem.domain.recipient import Recipient
from familjehem.domain.reminder import Overdue, Told, to_be_told, told_after
from familjehem.ports import Clock, Directory, ReminderGauge, Reminders, Staff


@dataclass(frozen=True, slots=True)
class ReminderReport:
    """Of how many recipients each stage was told in this round, and of how many it is not known."""

    mailbox: int
    responsible: int
    skr: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOverdue:
    """Has each stage told of families that came before its closing and still wait, once of each family.

    A mail is for all of them and names none. Of a protected one its readers are told, in the place of the function
    mailbox and of who is responsible, who must not learn of it. What was told is committed with the tasks of telling
    it, so a round may be missed, or run twice. One recipient that fails does not keep the others.
    """

    directory: Directory
    reminders: Reminders
    staff: Staff
    gauge: ReminderGauge
    clock: Clock

    def __call__(self) -> ReminderReport:
        """Do one round over every recipient that can open its letters."""
        told, counted, failed = self.reminders.told(), Counter[Stage](), 0
        for recipient in self.directory.all():
            if not recipient.seals:
                continue
            try:
                counted.update(self._look(recipient, told.get(recipient.id)))
            except NotConfirmedError:
                failed += 1
        report = ReminderReport(counted[Stage.MAILBOX], counted[Stage.RESPONSIBLE], counted[Stage.SKR], failed)
        self.gauge.reminded(report.mailbox, report.responsible, report.skr, report.failed)
        return report

    def _look(self, recipient: Recipient, before: Told | None) -> set[Stage]:
        """Give the stages that are told of this recipient now."""
        now = self.clock.now()
        after = told_after(before, to_be_told(now, recipient.closing_time))
        if after == before:
            return set()
        tasks = dict[Stage, set[ReminderTask | AccessTask]]()
        for stage in Stage:
            found = self.reminders.overdue(recipient.id, before[stage] if before else None, after[stage])
            tasks[stage] = self._tasks(recipient.id, stage, found)
        wanted = set[ReminderTask | AccessTask]().union(*tasks.values())
        if not self.reminders.tell(recipient.id, before, after, sorted(wanted, key=repr), now):
            # Another round was faster, and has told the same.
            return set()
        return {stage for stage in Stage if tasks[stage]}

    def _tasks(self, recipient: str, stage: Stage, found: Overdue) -> set[ReminderTask | AccessTask]:
        if stage is Stage.SKR:
            return {ReminderTask(recipient, stage)} if found.shared or found.readers else set()
        people = set(found.readers)
        tasks = set[ReminderTask | AccessTask]()
        if found.shared and stage is Stage.MAILBOX:
            tasks.add(ReminderTask(recipient, stage))
        elif found.shared:
            members = self.staff.roster(recipient).members.values()
            people.update(one.id for one in members if one.role.leads)
        return tasks | {AccessTask(recipient, person, AccessOccasion.OVERDUE) for person in people}
