"""Thin doors: one folder per trust boundary and trigger; they are strangers to each other."""
