"""The use cases: one verb per file; the order of steps and what is promised on repeat, nothing else."""
