"""Imitates a volume location server: vlserver.py ADDRESS

Prints when packets arrive, by the monotonic clock, and answers each call with an abort, so that the client does not
wait for more.
"""

import socket
import struct
import sys
import time

PORT = 7003
# The header of an RX packet: epoch, connection, call, sequence, serial, type, flags, status, security, checksum,
# service. VL_NOENT is the volume location service's abort code for a missing entry.
HEADER = struct.Struct(">IIIIIBBBBHH")
ABORT = 4
VL_NOENT = 363524

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind((sys.argv[1], PORT))
    print("ready", time.monotonic(), flush=True)
    while True:
        packet, client = server.recvfrom(65535)
        print("packet", time.monotonic(), flush=True)
        if len(packet) >= HEADER.size:
            epoch, connection, call, *_, service = HEADER.unpack_from(packet)
            header = HEADER.pack(epoch, connection, call, 0, 1, ABORT, 0, 0, 0, 0, service)
            server.sendto(header + struct.pack(">I", VL_NOENT), client)
