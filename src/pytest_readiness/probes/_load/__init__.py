"""
Load: requests sent at a steady rate, whatever comes back, and each timed from when it was due.

A client that waits for an answer before it asks again sends less just when the server is slow, and
leaves out of its percentiles what users would have suffered (coordinated omission). Here the
clock of a request starts when it should have been sent, even if no connection was free.
"""
