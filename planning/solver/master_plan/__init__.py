"""The master plan: who owns which vacation of the week, proposed from the need and adjusted by a person.

``theatre`` holds the data, ``need`` the interval of each specialty, ``judging`` answers each place yes or its reason,
``editing`` moves one vacation, ``proposing`` finds the fewest changes that cover the need, ``figures`` sums a plan up.
"""
