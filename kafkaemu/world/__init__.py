"""The four seams through which the world comes in: clock, network, disk, entropy.

`interface` says what they are; each seam has a real half and a memory half. Nothing outside this package calls `time`,
`random`, `os.urandom`, `uuid`, `open` or `socket`.
"""
