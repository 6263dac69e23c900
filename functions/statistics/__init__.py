"""Statistics: publishes each month's reports from tallies alone, and tells of them."""
