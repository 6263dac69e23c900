"""Onboarding: what a municipality asks for, and the page that its link opens; its own rows, no key, no account."""
