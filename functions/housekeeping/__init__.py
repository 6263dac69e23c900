"""Housekeeping: finds what is stuck in the outbox and wakes its worker; ends access that nobody uses."""
