"""Notification: content-free e-mail to function mailboxes, one to the applicant."""
