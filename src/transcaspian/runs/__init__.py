"""Runs: named random streams, many replications on many workers, the run folder, resume.

Answers: the same question, asked a thousand times, by any number of workers, with the same bytes as answer.
Start reading at `runs/README.md`.
Takes: a callable of the replication's number.  Gives: its results in order, summaries, a folder.
Never knows: any layer.
"""
