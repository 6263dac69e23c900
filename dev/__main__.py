"""Starts the whole service on this machine: `uv run python -m dev`, or `make run`.

PORT=8080                            where it is served; the emulator takes the next port that is free
FAMILJEHEM_LOCAL=.local              where it keeps its state
FAMILJEHEM_ACCESS_CONTROL=on|off     whether the emulator judges every call by the template's policies
FAMILJEHEM_PROOF_OF_WORK=stage|on|off
FAMILJEHEM_IDENTIFICATION=off|on     whether applicants identify, at a provider that is started beside it
FAMILJEHEM_SEED=on|off               whether municipalities and case workers are put in
"""

import os
import sys

from dev.service import run

if __name__ == "__main__":
    sys.exit(run(dict(os.environ)))
