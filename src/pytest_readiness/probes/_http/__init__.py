"""
A small HTTP/1.1 client for probes.

Why not ``http.client``: a gate may ask ten thousand endpoints, and it must say exactly what went
wrong, time to the last byte, and never outlive its deadline, whatever the server does. One
thread waits for all sockets (``loop``), so that no single read has a timeout of its own: there is
one deadline, and when it comes every wait ends.
"""
