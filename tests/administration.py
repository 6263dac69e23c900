"""The administration on the fakes: what its tests share."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from familjehem.domain.onboarding import Onboarding
from familjehem.domain.outbox import LinkTask
from familjehem.ports import Registered
from familjehem.runtime.commands import command_handler
from familjehem.runtime.wiring.administration import Administration, Tools
from functions.administration.forms import COMMANDS
from functions.administration.routines import run
from tests.fakes import World
from tests.functions.doors import Context

ARN = "arn:aws:lambda:eu-north-1:111122223333:function:familjehem-administration"
OPERATOR = "arn:aws:sts::111122223333:assumed-role/familjehem-operator/olle.prov"
APPROVER = "arn:aws:sts::111122223333:assumed-role/familjehem-approver/gun.prov"
INVOICE = {"name": "Mottagaren", "address": "Fakturagatan 1, 123 45 Orten", "reference": "R-1"}


def connection(code: str = "0680", **changes: Any) -> dict[str, Any]:
    """One recipient of a command `connect`."""
    return {
        "id": code,
        "assignments": ["familjehem"],
        "functionMailbox": f"familjehem@kommun-{code}.example",
        "domainConfirmed": True,
        "invoice": INVOICE,
        **changes,
    }


@dataclass
class House:
    """The very handler over a world of fakes."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.administration = Administration.of(
            Tools(
                register=self.world.register,
                keys=self.world.recipient_keys,
                outbox=self.world.outbox,
                failures=self.world.given_up,
                folder=self.world.folder,
                workbook=self.world.workbook,
                rulings=self.world.rulings,
                examiner=self.world.examiner,
                errands=self.world.errands_run,
                clock=self.world.clock,
                named=self.world.activations,
                staff=self.world.staff,
                members=self.world.members,
                accounts=self.world.accounts,
                directory=self.world.directory,
                canaries=self.world.canaries,
            )
        )
        self.handler = command_handler(COMMANDS, partial(run, self.administration))

    def send(self, event: Any, alias: str | None = "live") -> dict[str, Any]:
        """Call the handler by an alias, or by none."""
        context = Context()
        context.invoked_function_arn = f"{ARN}:{alias}" if alias else ARN
        return self.handler(event, context)  # type: ignore[arg-type]

    def do(self, command: str, *, dry: bool = False, alias: str | None = "live", **fields: Any) -> dict[str, Any]:
        """Send a whole command, approved by a second person."""
        approved = {"approvedBy": APPROVER} if _two(command) else {}
        event = {"command": command, "version": 1, "dryRun": dry, "requestedBy": OPERATOR, **approved, **fields}
        return self.send(event, alias)

    def found(self, recipient: str = "0680") -> Registered:
        """What the register holds of a recipient."""
        found = self.world.register.find(recipient)
        assert found is not None
        return found

    def way(self, recipient: str = "0680") -> Onboarding:
        """The onboarding of a recipient."""
        way = self.found(recipient).onboarding
        assert way is not None
        return way

    def connected(self, code: str = "0680", **changes: Any) -> Onboarding:
        """Connect a recipient."""
        answer = self.do("connect", recipients=[connection(code, **changes)])
        assert answer["verdict"] == "changed", answer["text"]
        return self.way(code)

    def live(self, code: str = "0680", **changes: Any) -> Onboarding:
        """Connect a recipient, let it do its part, and start it."""
        way, at = self.connected(code, **changes), self.world.at
        ready = way.name_responsible(at).prove_mailbox(at, way.function_mailbox).prove_responsible(at)
        ready = ready.accept_agreement(at, "1").count_readers(2).send_canary("C1").open_canary(at, "C1")
        self.world.onboardings[way.id] = ready
        del self.world.sendings[LinkTask(way.id)]
        answer = self.do("start", recipient=code)
        assert answer["verdict"] == "changed", answer["text"]
        return self.way(code)


def _two(command: str) -> bool:
    return next(one.two_persons for one in COMMANDS if one.named == command)
