"""The Lambda handler of administration: SKR's commands, from runbooks and from the console's test events."""

from familjehem.runtime.start import starting

with starting():
    from functools import partial

    from familjehem.runtime.commands import command_handler
    from familjehem.runtime.settings import AdministrationSettings
    from familjehem.runtime.wiring.administration import wire
    from functions.administration.forms import COMMANDS
    from functions.administration.routines import run

    handler = command_handler(COMMANDS, partial(run, wire(AdministrationSettings.read())))
