"""The self-test and the question set: answers anybody, keeps nothing."""
