"""The export: what leaves the system for a case file, in one recipient's tenant session (decision 0015)."""
