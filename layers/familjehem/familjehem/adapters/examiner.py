"""What is known of how recipients fare: nothing yet from outside their onboarding."""

from collections.abc import Mapping

from familjehem.domain.health import Vitals


class NoExaminer:
    """Knows nothing, and says so; plays `Examiner` until sign-ins, letters and bounces are counted for it."""

    def vitals(self) -> Mapping[str, Vitals]:
        """Give nothing."""
        return {}
