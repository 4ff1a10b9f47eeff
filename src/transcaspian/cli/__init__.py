"""The commands, a file per group.

Data on stdout, progress and warnings on stderr; exit 0 done, 1 ran and failed, 2 wrong use or bad input.
"""
