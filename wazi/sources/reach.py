# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The one door to the network: whom it may reach. Private addresses stay closed unless `[sources] private` opens them.

A name is resolved here, every address it resolves to is judged, and the connection goes to the address that was judged, so
that a name which changes its mind in between gains nothing. It does not know what is asked for, nor why.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence

import httpx

from wazi.config import Sources
from wazi.errors import InputError

Resolve = Callable[[str, int], Sequence[str]]
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.ip_network("64:ff9b::/96")
NUMBERS = re.compile(r"[0-9a-fx.]+", re.I)
LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa")


class Unreachable(InputError):
    """Nobody answers there: no network, no such name, or a server that is down."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            f"{host} cannot be found ({error}): check the network and the address; behind a proxy set [sources] proxy"
        ) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Ip) -> bool:
    """Is this an address of the open internet? Looks through the forms that carry an IPv4 address inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Door(httpx.BaseTransport):
    """Sends requests to permitted hosts only. `resolve` turns a name and a port into addresses."""

    def __init__(self, settings: Sources, resolve: Resolve = resolve) -> None:
        self._names = frozenset(entry.lower() for entry in settings.private)
        self._networks = [network for entry in settings.private if (network := _network(entry))]
        self._proxy = settings.proxy or None
        self._resolve = resolve
        self._pools: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises InputError for an address that is closed, Unreachable for one that does not answer."""
        host, written = request.url.host, request.url.raw_host.decode("ascii")
        literal = _ip(written)
        if self._proxy:  # names are resolved there, and that network's own rules hold
            self._judge(host, [str(literal)] if literal else [])
            return self._pool("").handle_request(request)
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = [str(literal)] if literal else self._resolve(written, port)
        self._judge(host, addresses)
        request.extensions = {**request.extensions, "sni_hostname": written}
        url = request.url
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            request.url = url.copy_with(host=address)  # the Host header and the certificate stay those of the name
            try:
                return self._pool(host).handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if not last:
                    raise Unreachable(f"{host} does not answer ({error}): check the network and the address") from error
            finally:
                request.url = url
        raise Unreachable(f"{host} has no address: check the address")

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, host: str) -> httpx.HTTPTransport:
        """One for each name: a connection that was opened for one is never used for another at the same address."""
        if host not in self._pools:
            self._pools[host] = httpx.HTTPTransport(trust_env=False, proxy=self._proxy)
        return self._pools[host]

    def _judge(self, host: str, addresses: Sequence[str]) -> None:
        name = host.lower().rstrip(".")
        if name in self._names:
            return
        judged = [ip for address in addresses if (ip := _ip(address))]
        closed = not all(is_public(ip) or self._opened(ip) for ip in judged)
        if closed or (not judged and (name == "localhost" or name.endswith(LOCAL_NAMES))):
            raise InputError(
                f"{host} is inside a private network, which is closed: add {host!r} to [sources] private to open it"
            )

    def _opened(self, ip: Ip) -> bool:
        return any(ip.version == network.version and ip in network for network in self._networks)


def _ip(text: str) -> Ip | None:
    """The address that a host is, in any of the ways in which the system reads one (127.1, 2130706433, 0x7f.0.0.1)."""
    bare = text.partition("%")[0].strip("[].")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare)) if NUMBERS.fullmatch(bare) else None
    except OSError:
        return None


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None
