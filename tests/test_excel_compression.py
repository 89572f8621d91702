"""The compression of VBA text, against olevba's decompressor and against damage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.excel_readers import decompress_stream
from xlbudget.excel.compression import CHUNK, CompressionFault, compress, expand

_WORDS = st.sampled_from(["Dim ", "As Long\r\n", "금액", "End Sub\r\n", "x", "\t", "Budget", "1234567890"])
_SOURCE = st.lists(_WORDS, max_size=2_500).map(lambda words: "".join(words).encode("cp949"))


@given(_SOURCE)
@settings(max_examples=40, deadline=None)
def test_source_text_comes_back_by_ours_and_by_olevba(text: bytes) -> None:
    container = compress(text)
    assert expand(container) == text
    if text:
        assert bytes(decompress_stream(bytearray(container))) == text


@given(st.binary(max_size=600))
@settings(max_examples=60, deadline=None)
def test_any_short_bytes_come_back(data: bytes) -> None:
    assert expand(compress(data)) == data


@pytest.mark.parametrize("length", [1, 2, 3, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
@pytest.mark.parametrize("letters", ["a", "ab", "abcdefghij"])
def test_lengths_at_the_edges_of_chunks(length: int, letters: str) -> None:
    text = (letters * length)[:length].encode()
    container = compress(text)
    assert expand(container) == text
    assert bytes(decompress_stream(bytearray(container))) == text


def test_repetition_is_worth_it() -> None:
    assert len(compress(b"Public Sub X()\r\nEnd Sub\r\n" * 300)) < 500


def test_what_would_not_come_back_is_refused() -> None:
    """A last chunk that neither shrinks nor fills 4,096 bytes cannot be stored (MS-OVBA 2.4.1.3.10)."""
    import random

    noise = random.Random(1).randbytes(CHUNK - 1)
    with pytest.raises(CompressionFault):
        compress(noise)
    assert expand(compress(random.Random(1).randbytes(CHUNK))) == random.Random(1).randbytes(CHUNK)


@pytest.mark.parametrize(
    "container",
    [
        b"",
        b"\x02",
        b"\x01\x00",
        b"\x01\x05\xb0\x00ab",
        b"\x01\x02\xf0\x00ab",
        b"\x01\x02\xb0\x01\x00\x00",
        b"\x01\x03\xb0\x02a\xff\xff",
    ],
)
def test_damage_is_noticed(container: bytes) -> None:
    with pytest.raises(CompressionFault):
        expand(container)
