"""The three tables: keys, rows, transactions, and the roles that are played with them."""
