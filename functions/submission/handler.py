"""The Lambda handler of submission: the public API, and the one order that comes from the administration."""

from familjehem.runtime.start import starting

with starting():
    from collections.abc import Mapping
    from typing import Any

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import SubmissionSettings
    from familjehem.runtime.wiring.submission import wire
    from functions.submission.app import create_app

    settings = SubmissionSettings.read()
    house = wire(settings)
    http = lambda_handler(create_app(house, settings.SITE_URL), settings.SITE_URL)


def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answer a request, or seal a canary letter; whatever comes through the gateway has a `requestContext`."""
    match event:
        case {"command": "sendCanary", "recipient": str(recipient), "number": str(number)} if (
            "requestContext" not in event
        ):
            return {"sealed": house.seal_canary(recipient, number)}
        case _:
            return http(event, context)
