"""Onboarding: takes what a municipality asks for on the website; its own rows, no key, no account."""
