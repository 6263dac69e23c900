"""Look again at what broke: the trace of one seed or of one schedule.

python -m tests.reliability.simulation --seed 17
python -m tests.reliability.simulation --story application --faults 7:KILLED_AFTER,23:LOST
"""

import argparse
import sys

import tests.conftest  # noqa: F401 credentials that open nothing
from tests.reliability.simulation.stage import staged
from tests.reliability.simulation.stories import STORIES, Figures, evening, read, run
from tests.reliability.simulation.town import BrokenPromiseError, contact_key


def main() -> int:
    """Run one, and print what happened."""
    arguments = argparse.ArgumentParser(prog="python -m tests.reliability.simulation")
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--story", choices=STORIES, default="application")
    arguments.add_argument("--faults", default="")
    given = arguments.parse_args()
    figures = Figures()
    with staged(contact_key()):
        try:
            if given.seed is None:
                run(given.story, read(given.faults), figures)
            else:
                print("\n".join(evening(given.seed, figures).trace))
        except BrokenPromiseError as broken:
            print(broken)
            return 1
    print(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
