"""
What a server's certificate says, read from its DER bytes (X.509, RFC 5280).

``ssl`` tells nothing of a certificate that it did not verify, and it is just those that have to be
explained. Only the few fields that are needed are read; nothing here decides whom to trust.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_SEQUENCE, _SET, _OID, _UTC_TIME, _TIME = 0x30, 0x31, 0x06, 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS, _IP = 0x82, 0x87
_COMMON_NAME, _ORGANISATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
_ALT_NAMES = bytes.fromhex("551d11")
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """
    The fields that explain a certificate.

    ``names`` are the hosts it is for; ``issuer`` is the name of who signed it. Times are in UTC.
    """

    names: tuple[str, ...]
    issuer: str
    self_signed: bool
    starts: datetime
    ends: datetime

    def days(self, now: datetime) -> float:
        """Return the days from *now* to its end; negative when that is over."""
        return (self.ends - now).total_seconds() / _DAY


def read(der: bytes) -> Certificate:
    """Read a certificate. Raises ``ValueError`` where the bytes are not one."""
    try:
        return _read(der)
    except (IndexError, StopIteration, UnicodeError, OverflowError) as error:
        raise ValueError("the certificate cannot be read") from error


def _read(der: bytes) -> Certificate:
    signed = next(_items(_only(_items(der), _SEQUENCE)))
    fields = [item for item in _items(_want(signed, _SEQUENCE)) if item[0] != _VERSION]
    # serial number, signature algorithm, issuer, validity, subject, public key, ..., extensions
    issuer, validity, subject = (_want(fields[index], _SEQUENCE) for index in (2, 3, 4))
    starts, ends = (_time(*item) for item in _items(validity))
    alternatives = [name for tag, value in fields if tag == _EXTENSIONS for name in _alt_names(value)]
    common = _attribute(subject, _COMMON_NAME)
    return Certificate(
        names=tuple(alternatives or ([common] if common else [])),
        issuer=_attribute(issuer, _COMMON_NAME) or _attribute(issuer, _ORGANISATION) or "an issuer without a name",
        self_signed=issuer == subject,
        starts=starts,
        ends=ends,
    )


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element in *data*, one after another."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("the certificate is cut short")
        yield tag, data[at : at + length]
        at += length


def _want(item: tuple[int, bytes], tag: int) -> bytes:
    if item[0] != tag:
        raise ValueError(f"the certificate cannot be read: tag {item[0]:#x} where {tag:#x} belongs")
    return item[1]


def _only(items: Iterator[tuple[int, bytes]], tag: int) -> bytes:
    return _want(next(items), tag)


def _time(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # RFC 5280, 4.1.2.5.1: two digits of the year, 50 to 99 are 19xx
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _TIME:
        raise ValueError("the certificate cannot be read: no time where one belongs")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _attribute(name: bytes, wanted: bytes) -> str:
    """Return the last attribute *wanted* of a distinguished name; empty if it is not there."""
    found = ""
    for _, group in _items(name):
        for _, pair in _items(group):
            (tag, oid), (_, value) = _items(pair)
            if tag == _OID and oid == wanted:
                found = value.decode("utf-8", "replace")
    return found


def _alt_names(extensions: bytes) -> Iterator[str]:
    for _, extension in _items(_only(_items(extensions), _SEQUENCE)):
        parts = list(_items(extension))
        if parts[0] == (_OID, _ALT_NAMES):
            for tag, value in _items(_only(_items(parts[-1][1]), _SEQUENCE)):
                if tag == _DNS:
                    yield value.decode("ascii")
                elif tag == _IP:
                    yield str(ipaddress.ip_address(value))
