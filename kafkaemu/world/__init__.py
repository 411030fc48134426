"""The seams through which the world comes in: clock, network, disk, entropy (DESIGN 4).

`interface` says what they promise and imports nothing; `real` and `memory` hold the halves that tests choose between.
"""
