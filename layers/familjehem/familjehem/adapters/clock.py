"""The clock of the machine."""

from datetime import UTC, datetime


class SystemClock:
    """Tells the machine's time; plays `Clock`."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)
