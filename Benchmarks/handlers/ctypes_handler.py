#!/usr/bin/python3
"""A handler in Python, with the keyutils library and the C library's resolver. It uses the host's DNS server.

usage: ctypes_handler.py KEY_ID
"""

import ctypes
import socket
import sys

keyutils = ctypes.CDLL("libkeyutils.so.1", use_errno=True)

key = int(sys.argv[1])
text = ctypes.c_char_p()
keyutils.keyctl_describe_alloc(key, ctypes.byref(text))
name = text.value.split(b";", 4)[4].decode()
address = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
payload = address.encode() + b"\0"
keyutils.keyctl_set_timeout(key, 5)
keyutils.keyctl_instantiate(key, payload, ctypes.c_size_t(len(payload)), 0)
