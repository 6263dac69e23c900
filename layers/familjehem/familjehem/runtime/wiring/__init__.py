"""From settings to use cases: one module per function, so that a function imports only the adapters it uses."""
