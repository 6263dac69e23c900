"""Delivery: puts sealed letters into mailboxes and cannot read them."""
