"""How case workers sign in: what the mailbox's pages must know of it, and where they read it."""

from dataclasses import dataclass
from typing import Final

PLACE: Final = "/brevlada/sign-in.json"
"""In the cloud it is as the website was built; on this machine, as the service runs."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who issues the tokens, the client's id, and the address of the sign-in pages."""

    issuer: str
    client: str
    hosted: str

    def to_wire(self) -> dict[str, str]:
        """Give it as the mailbox's pages read it."""
        return {"issuer": self.issuer, "client": self.client, "hosted": self.hosted}
