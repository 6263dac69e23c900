"""The website: what applicants meet; `website.build` makes it."""
