"""Housekeeping: wakes what is stuck in the outbox, ends access that nobody uses, erases what is to go."""
