"""The planner's core: pure Python, no Django, no database, no clock of its own.

``solve()`` is the one entrance; everything it needs comes in as arguments.
"""
