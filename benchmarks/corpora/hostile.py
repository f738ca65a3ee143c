"""Pages that are made to break a reader, by what they have too much of or do not say."""

from collections.abc import Callable

CAP = 16_777_216
"""Bytes of the largest page that a harvest takes, as shipped."""
_HEAD = b"<!DOCTYPE html><html><head><title>Search results</title></head><body>"
_ITEM = b"<li><a href=/w>A title of some length</a> and some text of the record</li>"


def _filled(begun: bytes, filler: bytes, end: bytes = b"", *, most: int = CAP) -> bytes:
    """As much of the filler as fits into so many bytes."""
    return begun + filler * ((most - len(begun) - len(end)) // len(filler)) + end


def _quarter(begun: bytes, filler: bytes, end: bytes = b"") -> bytes:
    return _filled(begun, filler, end, most=CAP // 4)


def _scripted() -> bytes:
    hits = ",".join(f'{{"title":"Sediments, part {n}","url":"/w/{n}"}}' for n in range(40_000))
    return (
        _HEAD
        + b'<form><input type=search name=q value=lakes></form><div id="root"></div>'
        + f"<script>window.state=[{hits}]</script></body></html>".encode()
    )


def _broken_encoding() -> bytes:
    """Bytes of three encodings and of none, between tags."""
    piece = "<p>湖泊沉积</p>"
    mixed = (
        piece.encode()
        + piece.encode("gbk")
        + "<p>湖泊</p>".encode("big5")
        + b"<p>\xff\xfe\x81\xc0</p>"
    )
    return _HEAD.replace(b"<title>", b'<meta charset="utf-7"><title>') + mixed * 60_000


def _different_classes() -> bytes:
    return _HEAD + b"".join(
        b'<div class="c%d"><a href="/%d">%d</a></div>' % (n, n, n) for n in range(50_000)
    )


def _surrogates() -> bytes:
    return _HEAD + b"<p>\x00\xed\xa0\x80&#xD800;&#0;\x00text</p>" * 200_000


def _attributes() -> bytes:
    return _HEAD + b"<p " + b" ".join(b"a%d=1" % n for n in range(1_000_000)) + b">x</p>"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nested tags": lambda: _HEAD + b"<div>" * 200_000,
    "nested lists": lambda: _HEAD + b"<ul><li>" * 100_000 + b"x",
    "nested tables": lambda: _HEAD + b"<table><tr><td>" * 66_000 + b"x",
    "nested marks": lambda: _HEAD + b"<b><i>" * 100_000 + b"x",
    "nested links": lambda: _HEAD + b"<a href=/x><span>" * 100_000 + b"x",
    "unclosed paragraphs": lambda: _HEAD + b"<p><a href=/x>a" * 200_000,
    "attributes": _attributes,
    "attributes of many": lambda: _filled(_HEAD, b"<p a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8>"),
    "one attribute": lambda: _filled(_HEAD + b'<p title="', b"lorem ipsum ", b'">x</p>'),
    "one class": lambda: _quarter(_HEAD + b'<p class="', b"lorem ipsum ", b'">x</p>'),
    "one text": lambda: _filled(_HEAD + b"<p>", b"lorem ipsum "),
    "one text of wide characters": lambda: _filled(
        _HEAD + "<p>\U0001f41f".encode(), b"lorem ipsum "
    ),
    "plain text of wide characters": lambda: _quarter("\U0001f41f".encode(), b"lorem ipsum "),
    "one word": lambda: _quarter(_HEAD + b"<p>", b"x"),
    "one Chinese text": lambda: _quarter(_HEAD + b"<p>", "湖泊沉积".encode()),
    "one link": lambda: _quarter(_HEAD + b"<a href='/", b"x", b"'>x</a>"),
    "digits": lambda: _quarter(_HEAD + b"<p>1 - 10 of ", b"1,234 ", b"results"),
    "spaces": lambda: _quarter(_HEAD + b"<p>x", b" \n"),
    "entities": lambda: _quarter(_HEAD + b"<p>", b"&amp;"),
    "broken encoding": _broken_encoding,
    "no encoding": lambda: bytes(range(128, 256)) * 60_000,
    "wide without a mark": lambda: b"\x00<\x00p" * 1_000_000,
    "nothing but NULs": lambda: bytes(2_000_000),
    "surrogates": _surrogates,
    "script-built": _scripted,
    "one script": lambda: _quarter(_HEAD + b"<script>", b"var a = '<li>';\n", b"</script>"),
    "cells": lambda: _HEAD + b"<table>" + (b"<tr>" + b"<td>1</td>" * 10 + b"</tr>") * 10_000,
    "cells of one row": lambda: _HEAD + b"<table><tr>" + b"<td><a href=x>1</a></td>" * 100_000,
    "siblings": lambda: _HEAD + b"<ul>" + _ITEM * 100_000 + b"</ul>",
    "siblings under the limit": lambda: _HEAD + b"<ul>" + _ITEM * 1_990 * 15 + b"</ul>",
    "different classes": _different_classes,
    "comments": lambda: _filled(_HEAD, b"<!-- a comment -->"),
    "one comment": lambda: _quarter(_HEAD + b"<!-- ", b"a <p> ", b" -->"),
    "open comments": lambda: _quarter(_HEAD, b"<!--"),
    "open brackets": lambda: _filled(_HEAD, b"<"),
    "breaks": lambda: _filled(_HEAD, b"a<br>"),
    "plain lines": lambda: _quarter(b"", b"12. A title, 2011-05-04\n"),
    "plain numbers": lambda: b"".join(b"%d. x\n" % (n % 900) for n in range(1_000_000)),
    "plain brackets": lambda: _quarter(b"", b"<p <p "),
    "options": lambda: _quarter(_HEAD + b"<select>", b"<option>x"),
    "inputs": lambda: _quarter(_HEAD, b"<input value=x>"),
}
"""By what is wrong with them: functions that make them, for all together are large."""
