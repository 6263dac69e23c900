"""Campaigns: codes that a link to the form may carry (`?kampanj=tv-host`), counted where they are registered.

A code says which channel led somebody here, and nothing of who came. What is not registered in `campaigns.json` is
counted as no campaign, so that nobody can follow a person by a code of one's own.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

CAMPAIGN = "campaign"
"""What the dimension is called."""


@cache
def registered() -> Mapping[str, str]:
    """Give the label of each registered code, in the order of the list."""
    written = json.loads(files("familjehem.domain").joinpath("campaigns.json").read_text(encoding="utf-8"))
    return {one["code"]: one["label"] for one in written["campaigns"]}
