"""Local administration: colleagues, sessions and settings of a recipient; never a letter."""
