"""E-identification: sends an adult to the provider and tells who came back; keeps nothing, touches no table."""
