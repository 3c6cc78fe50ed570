#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The GstCall Authors
"""systemd-parent.py COUNT COMMAND...: starts it as systemd would, with COUNT listening sockets from descriptor 3 on.

Prints a JSON line for its process id and ports, one for each notification, one for its end, and ends with it.
Environment WATCHDOG_USEC is passed on."""
import json
import os
import select
import socket
import sys
import tempfile

FIRST = 3


def say(**what):
    print(json.dumps(what), flush=True)


def exec_server(listeners, command):
    """In the child: the sockets go to descriptors 3, 4, ..., by way of higher ones so that none is overwritten."""
    high = [os.dup2(listener.fileno(), 100 + i) for i, listener in enumerate(listeners)]
    for i, descriptor in enumerate(high):
        os.dup2(descriptor, FIRST + i, inheritable=True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(listeners)))
    os.execvp(command[0], command)


def main():
    listeners = [socket.create_server(('127.0.0.1', 0)) for _ in range(int(sys.argv[1]))]
    with tempfile.TemporaryDirectory() as folder:
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(os.path.join(folder, 'notify'))
        os.environ['NOTIFY_SOCKET'] = notify.getsockname()
        pid = os.fork()
        if pid == 0:
            exec_server(listeners, sys.argv[2:])
        say(pid=pid, ports=[listener.getsockname()[1] for listener in listeners])
        child = os.pidfd_open(pid)
        while True:
            ready, _, _ = select.select([notify, child], [], [], 60)
            if notify in ready:
                say(notify=notify.recv(4096).decode().split('\n'))
            elif child in ready:
                say(status=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                return
            else:
                sys.exit('nothing came for 60 seconds')


main()
