# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small network that can be broken: the test itself is in a hub with the server, each party in a namespace behind it.

    alice 10.77.1.2 --veth-- 10.77.1.1 hub 10.77.2.1 --veth-- 10.77.2.2 bob
                                  server, nftables

All of it lives in namespaces of this process (unshare), so nothing is left on the machine however the test ends.
"""
import os
import subprocess
import sys
import time

PARTIES = {'alice': '10.77.1', 'bob': '10.77.2'}
SKIP = 77


def skip(reason):
    print('SKIP:', reason)
    sys.exit(SKIP)


def run(*words):
    subprocess.run(words, check=True, timeout=20, stdout=subprocess.DEVNULL)


def enter():
    """Starts this program again in network and mount namespaces of its own; returns in there."""
    if os.environ.get('FAULTS_INSIDE'):
        return
    if os.geteuid() != 0:
        skip('network namespaces need root')
    words = ['unshare', '--net', '--mount', '--propagation', 'private']
    if subprocess.run(words + ['sh', '-c', 'ip link set lo up && nft list ruleset'], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, timeout=20, check=False).returncode != 0:
        skip('no network namespaces, ip or nft here')
    os.environ['FAULTS_INSIDE'] = '1'
    os.execvp(words[0], words + [sys.executable] + sys.argv)


def wait_running(inside):
    """The kernel takes up to a second to say that a new link runs, and libnice passes over one that does not."""
    end = time.monotonic() + 20
    while 'state UP' not in subprocess.run([*inside, 'ip', 'link', 'show', 'uplink'], check=True, timeout=20,
                                           capture_output=True, text=True).stdout:
        if time.monotonic() > end:
            raise TimeoutError(f'the link of {inside[-1]} does not run')


def build():
    run('mkdir', '-p', '/run/netns')
    run('mount', '-t', 'tmpfs', 'none', '/run/netns')
    run('ip', 'link', 'set', 'lo', 'up')
    for name, net in PARTIES.items():
        inside = ('ip', 'netns', 'exec', name)
        run('ip', 'netns', 'add', name)
        run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', name)
        run('ip', 'address', 'add', net + '.1/24', 'dev', name)
        run('ip', 'link', 'set', name, 'up')
        run(*inside, 'ip', 'link', 'set', 'lo', 'up')
        run(*inside, 'ip', 'address', 'add', net + '.2/24', 'dev', 'uplink')
        run(*inside, 'ip', 'link', 'set', 'uplink', 'up')
        run(*inside, 'ip', 'route', 'add', 'default', 'via', net + '.1')
    for name in PARTIES:
        wait_running(('ip', 'netns', 'exec', name))
    with open('/proc/sys/net/ipv4/ip_forward', 'w', encoding='ascii') as forward:
        forward.write('1')
    run('nft', 'add table inet faults')
    run('nft', 'add chain inet faults forward { type filter hook forward priority 0 ; }')
    run('nft', 'add chain inet faults input { type filter hook input priority 0 ; }')


def drop_udp():
    """Between alice and bob; their TCP to the server goes on."""
    run('nft', 'add rule inet faults forward meta l4proto udp drop')


def drop_tcp(name):
    """From a party to the server, silently: neither side is told."""
    run('nft', f'add rule inet faults input iifname {name} meta l4proto tcp drop')


def reset_tcp(name):
    """The party's own connections are reset as soon as it says something; the server is told nothing, as when a machine
    changes its address."""
    ports = subprocess.run([*inside(name), 'ss', '-Htn', 'state', 'established'], check=True, capture_output=True,
                           text=True, timeout=20).stdout
    for port in {line.split()[2].rsplit(':', 1)[1] for line in ports.splitlines()}:
        run('nft', f'add rule inet faults input iifname {name} tcp sport {port} drop')
        for words in (('add', 'table', 'inet', 'faults'),
                      ('add', 'chain', 'inet', 'faults', 'output', '{ type filter hook output priority 0 ; }'),
                      ('add', 'rule', 'inet', 'faults', 'output', f'tcp sport {port} reject with tcp reset')):
            run(*inside(name), 'nft', *words)


def mend():
    run('nft', 'flush table inet faults')


def host(name):
    """The server's address as a party sees it."""
    return PARTIES[name] + '.1'


def inside(name):
    return ['ip', 'netns', 'exec', name]
