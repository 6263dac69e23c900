"""Submission, receipt and withdrawal: takes letters in and can never take one out."""
