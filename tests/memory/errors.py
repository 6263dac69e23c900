"""Errors as botocore raises them: one class per code, all of them `ClientError`."""

from functools import cache
from typing import Any

from botocore.exceptions import ClientError


@cache
def kind(code: str) -> type[ClientError]:
    """Give the class of a code; the same for every client."""
    return type(code, (ClientError,), {})


def error(code: str, operation: str = "", **parts: Any) -> ClientError:
    """Give the error of a code; its message repeats what no log may hold, as messages of AWS may."""
    message = "a message with Prov Persson-Kanarie in it"
    return kind(code)({"Error": {"Code": code, "Message": message}, **parts}, operation)  # type: ignore[arg-type]


class Exceptions:
    """Stands for `client.exceptions`."""

    def __getattr__(self, code: str) -> type[ClientError]:
        return kind(code)
