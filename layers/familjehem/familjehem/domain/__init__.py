"""Nouns and rules of the field, pure: would a municipality's lawyer have an opinion on it?"""
