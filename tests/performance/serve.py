"""Starts the local cloud with one function more: the floor, with role, memory and environment of submission.

Pumps and schedules stand still, so that nothing but the two handlers works while they are compared.

python -m tests.performance.serve     with the environment of `python -m dev`
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace

from dev import wiring
from dev.places import Places
from dev.pumps import Pumps
from dev.service import run
from dev.template import Physical, Template
from dev.wiring import Wiring
from tests.performance.plan import PLACE

FLOOR = "/api/floor"
ENVIRONMENT = "submission.json"
_read = wiring.read


def with_floor(template: Template, physical: Mapping[str, Physical]) -> Wiring:
    """Give the wiring of the template and the floor in it, as one more route of the API."""
    found, folder = _read(template, physical), Places.here().root
    submission = found.function("submission")
    assert submission is not None
    (folder / ENVIRONMENT).write_text(json.dumps(dict(submission.environment)), "utf-8")
    found.functions["Floor"] = replace(
        submission,
        id="Floor",
        handler="tests.performance.floor.handler",
        environment={**submission.environment, PLACE: str(folder)},
    )
    (route,) = [one for one in found.routes if one.method == "POST" and one.path == "/api/applications"]
    found.routes.append(replace(route, path=FLOOR, function="Floor"))
    return found


if __name__ == "__main__":
    wiring.read = with_floor
    Pumps.start = lambda self: None
    sys.exit(run(dict(os.environ)))
