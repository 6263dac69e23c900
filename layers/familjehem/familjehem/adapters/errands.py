"""Errands to other functions, each called by its alias; who is not there is not called."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from familjehem.adapters.aws import confirming
from familjehem.domain.errors import NotConfirmedError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class LambdaErrands:
    """Calls the function that does an errand; plays `Errands`. An errand without a function is nobody's."""

    def __init__(self, client: "LambdaClient", functions: Mapping[str, str]) -> None:
        self._client = client
        self._functions = functions

    def run(self, errand: str, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Call whoever does this errand and give its answer; None where nobody does it. `NotConfirmedError`."""
        function = self._functions.get(errand)
        if not function:
            return None
        with confirming():
            answer = self._client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
            payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            message = f"Invoke: {errand}"
            raise NotConfirmedError(message)
        return payload
