"""Nouns and rules of the field, pure: whatever a municipality's lawyer would have an opinion on."""
