"""Which use case does what a command says."""

from familjehem.domain.administration import CommandReport, changed, refused
from familjehem.ports import Errands
from familjehem.runtime.commands import Command, read_file
from familjehem.runtime.wiring.administration import Administration
from functions.administration import forms


def run(house: Administration, command: Command) -> CommandReport:  # noqa: C901, PLR0912 a table of cases is a table
    """Do what a command says."""
    dry = command.dry_run
    match command:
        case forms.ConnectCommand(recipients=recipients):
            return house.connect([one.connection() for one in recipients], dry_run=dry)
        case forms.ConnectFileCommand(file=name):
            sent = read_file(forms.RecipientsFile, house.folder.fetch(name))
            return house.connect([one.connection() for one in sent.recipients], dry_run=dry)
        case forms.ApproveCommand():
            return house.connect([command.approval()], dry_run=dry)
        case forms.ChangeMailboxCommand(recipient=recipient, function_mailbox=address, domain_confirmed=confirmed):
            return house.change_mailbox(recipient, address, domain_confirmed=confirmed, dry_run=dry)
        case forms.AddStaffCommand(request=request):
            return house.add_staff(request, dry_run=dry)
        case forms.RemoveStaffCommand(recipient=recipient, person=person):
            return house.remove_staff(recipient, person, dry_run=dry)
        case forms.SendCanaryCommand(recipient=recipient):
            return house.send_canary(recipient, dry_run=dry)
        case forms.StartCommand(recipient=recipient):
            return house.start(recipient, dry_run=dry)
        case forms.PauseCommand(recipient=recipient):
            return house.pause(recipient, dry_run=dry)
        case forms.ResumeCommand(recipient=recipient):
            return house.resume(recipient, dry_run=dry)
        case forms.TransferMunicipalityCommand():
            return house.transfer(command.transfer(), dry_run=dry)
        case forms.LeaveCommand(recipient=recipient, last_day=day):
            return house.leave(recipient, day, dry_run=dry)
        case forms.CloseCommand(recipient=recipient):
            return house.close(recipient, command.proof(), dry_run=dry)
        case forms.PublishQuestionSetCommand(question_set=version):
            return house.rule(version, published=True, dry_run=dry)
        case forms.WithdrawQuestionSetCommand(question_set=version):
            return house.rule(version, published=False, dry_run=dry)
        case forms.ListRecipientsCommand(ailing_only=ailing):
            return house.survey(ailing_only=ailing)
        case forms.ReplayDeadLettersCommand():
            return house.replay(dry_run=dry)
        case forms.TouchOutboxCommand(recipient=recipient):
            return house.touch(recipient, dry_run=dry)
        case forms.RebuildReportCommand() | forms.VerifyAccessLogCommand():
            return _errand(house.errands, command)
        case forms.InvoiceBasisCommand(period=name):
            return house.invoices(name, dry_run=dry)
        case forms.TariffCommand(year=year, municipalities=codes, budget_ore=budget, floor_ore=floor, cap_ore=cap):
            return house.tariff(year, codes or (), budget=budget, floor=floor, cap=cap)
        case _:
            raise NotImplementedError(command.command)


def _errand(errands: Errands, command: Command) -> CommandReport:
    """Have another function do what only its own rights allow; a dry run tells whether it is there."""
    words = command.model_dump(mode="json", by_alias=True, exclude_none=True)
    event = {name: words[name] for name in ("command", "recipient", "month") if name in words}
    answer = errands.run(command.command, {**event, "dryRun": command.dry_run})
    if answer is None:
        return CommandReport((refused(command.command, "nobodyDoesIt"),))
    if reasons := answer.get("refused"):
        return CommandReport((refused(command.command, *reasons),))
    return CommandReport((changed(command.command),), {"answer": answer})
