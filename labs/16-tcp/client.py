# SPDX-License-Identifier: 0BSD
# The slide's client, made to run on Python 3: client.py PORT SENTENCE
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", int(sys.argv[1])))
client.send(" ".join(sys.argv[2:]).encode())
print("From Server:", client.recv(1024).decode())
client.close()
