"""administration: what SKR does with recipients, from the console."""
