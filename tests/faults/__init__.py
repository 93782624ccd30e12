"""What happens to the data when many act at once and when processes, brokers and databases fall.

Each module is one command with real processes on a PostgreSQL and a Redis of its own (``make faults``); it prints what
it counted and ends with status 1 when something that must never happen did.
"""
