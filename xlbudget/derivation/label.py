"""Where the label of a line ends and its expression begins.

The expression is the longest run at the end of the line in which numbers and operators alternate. Labels hold
digits, dashes and brackets of their own, so the border is looked for from the right, and where two readings
are possible the line is refused rather than guessed.
"""

from __future__ import annotations

import re

from xlbudget.derivation.faults import Fault, Unreadable
from xlbudget.derivation.lexing import CLOSE, NUMBER, OPEN, OPERATOR, WORD, well_formed
from xlbudget.derivation.parsing import OPERATIONS, Reader
from xlbudget.money import SCALES

_MONEY = re.compile(r"[십백천]?[만억조]?원(?:[정씩권대]|(?![가-힣]))|[십백천]?[만억]$")
_PLAIN_MONEY = re.compile(r"[십백천]?[만억조]?원?[정씩]?[,.]?")
_SEPARATORS = frozenset("+-/~,")
_SURE_OPERATORS = frozenset("*÷x")
_SHORTEST_PRICE = 3
_SHORTEST_LONE_PRICE = 5


def find_start(reader: Reader, high: int) -> int:
    """Return the index of the first token of the expression that ends before ``high``."""
    head, blocker = _operand(reader, high)
    if head is None:
        raise _no_operand(reader, high, blocker)
    start, operators = _leftmost(reader, head)
    start = _settle_sign(reader, start, operators, high)
    _check_amount(reader, start, high)
    _check_label(reader, start)
    return start


def _operand(reader: Reader, high: int) -> tuple[int | None, int | None]:
    """Return the head of the operand that ends before ``high``, or else the operator that bars the way."""
    index = high - 1
    while index >= 0:
        kind = reader.tokens[index].kind
        if kind == NUMBER:
            return index, None
        if kind == OPERATOR:
            return None, index
        if kind == CLOSE and index in reader.partner:
            index = reader.partner[index]
            if not reader.is_note(index):
                return index, None
        index -= 1
    return None, None


def _no_operand(reader: Reader, high: int, blocker: int | None) -> Unreadable:
    """Return the fault of a line that does not end in a number with its unit."""
    low = 0 if blocker is None else blocker + 1
    for index in range(low, high):
        closing = reader.partner.get(index, index)
        if closing > index and is_calculation(reader, index, closing):
            return reader.broken_group(index)
    if blocker is None or not any(is_amount(reader, index) for index in range(blocker)):
        return no_expression(reader)
    if low == high:
        return reader.fail(Fault.MISSING_NUMBER, blocker)
    if low in reader.partner:
        return reader.broken_group(low)
    return reader.fail(Fault.WORD_INSIDE, low)


def no_expression(reader: Reader) -> Unreadable:
    """Return the fault of a line without an expression, such as a heading."""
    return reader.fail(Fault.NO_EXPRESSION, 0) if reader.tokens else Unreadable(Fault.NO_EXPRESSION, 0, 0)


def _leftmost(reader: Reader, head: int) -> tuple[int, list[int]]:
    """Return the head of the run whose last operand begins at ``head``, and its operators from the left."""
    tokens = reader.tokens
    start, operators = head, []
    while start > 0 and tokens[start - 1].kind == OPERATOR:
        operator = start - 1
        left, blocker = _operand(reader, operator)
        if left is not None:
            operators.append(operator)
            start = left
        elif blocker == operator - 1:
            if tokens[operator].text != "△":
                raise reader.fail(Fault.TWO_OPERATORS, operator)
            start = operator
        else:
            start = _sign(reader, operator, blocker)
            break
    return start, operators[::-1]


def _sign(reader: Reader, operator: int, blocker: int | None) -> int:
    """Return where an expression begins before whose first figure an operator stands that joins nothing.

    A minus is a sign where it touches its figure and nothing else; ``회비 - 300,000원`` may as well be a dash.
    """
    tokens = reader.tokens
    before = operator - 1
    if before >= 0 and tokens[before].kind == CLOSE and before in reader.partner:
        opening = reader.partner[before]
        if any(is_amount(reader, index) for index in range(opening, before)):
            raise reader.broken_group(opening)
    if blocker is not None and any(tokens[index].kind == NUMBER for index in range(blocker)):
        raise reader.fail(Fault.WORD_INSIDE, blocker + 1)
    sign = tokens[operator]
    if sign.text == "△":
        return operator
    if sign.text not in "+-":
        raise reader.fail(Fault.MISSING_NUMBER, operator)
    if sign.end < tokens[operator + 1].start or (before >= 0 and tokens[before].end == sign.start):
        raise reader.fail(Fault.UNCLEAR_SIGN, operator)
    return operator


def _settle_sign(reader: Reader, start: int, operators: list[int], high: int) -> int:
    """Return the start of a run in which a number of the label may stand left of a dash or a slash.

    ``2026년 반환금 △300,000원`` is a label and a negative amount, and no subtraction from 2026.
    """
    sign = _loose_sign(reader, start, operators, high)
    if sign is None:
        return start
    if _loose_sign(reader, sign, operators[1:], high) is not None:
        raise reader.fail(Fault.UNCLEAR_SIGN, operators[1])
    return sign


def _loose_sign(reader: Reader, start: int, operators: list[int], high: int) -> int | None:
    """Return the sign of an amount whose left side is no amount but a number of the label, ``None`` for no such."""
    tokens = reader.tokens
    if not operators:
        return None
    nameless = start == 0 and not any(token.kind == WORD for token in tokens[: operators[0]])
    if nameless and not (operators[0] == 1 and tokens[0].end < tokens[1].start and tokens[1].text in "-△"):
        return None
    sums = [index for index in operators if OPERATIONS[tokens[index].text] in "+-"]
    border = sums[0] if sums else operators[0]
    if _has_amount(reader, start, border) or not _has_amount(reader, border, high):
        return None
    sign = tokens[border]
    apart, touching = tokens[border - 1].end < sign.start, sign.end == tokens[border + 1].start
    if sums:
        if border == operators[0] and (sign.text == "△" or (sign.text == "-" and apart and touching)):
            return border
        raise reader.fail(Fault.UNCLEAR_SIGN, border)
    worded = border > start + 2 and tokens[border - 2].end < tokens[border - 1].start
    if sign.text not in _SURE_OPERATORS and worded and apart and not touching:
        raise reader.fail(Fault.UNCLEAR_SIGN, border)
    return None


def _check_amount(reader: Reader, start: int, high: int) -> None:
    """Refuse a run in which no amount of money can be seen: ``추경 2회``, ``위원회 운영(3일)``, ``3/4분기``.

    A run that is the whole line needs none (``5000*20명``), unless loose words follow its figures.
    """
    tokens = reader.tokens
    numbers = [index for index in range(start, high) if tokens[index].kind == NUMBER]
    lone = len(numbers) == 1
    if any(is_amount(reader, index) for index in numbers):
        return
    product = any(token.kind == OPERATOR and token.text in _SURE_OPERATORS for token in tokens[start:high])
    bare = [index for index in numbers if is_bare(reader, index)]
    longest = max((len(tokens[index].text.partition(".")[0]) for index in bare), default=0)
    if product and (longest >= _SHORTEST_PRICE or any("," in tokens[index].text for index in numbers)):
        return
    if start == 0 and not _is_worded(reader, high) and (bare or not lone):
        return
    if _has_amount(reader, 0, start):
        _check_label(reader, start)
    if lone or not product or tokens[start].kind == OPEN:
        raise no_expression(reader)
    raise reader.fail(Fault.NO_AMOUNT, start, high)


def _is_worded(reader: Reader, high: int) -> bool:
    """Whether words stand apart from the figures, as in ``5*7 사진 인화`` or ``24/7 운영``."""
    tokens = reader.tokens
    return any(
        tokens[index].kind == WORD and tokens[index - 1].end < tokens[index].start for index in range(1, high)
    )


def _check_label(reader: Reader, start: int) -> None:
    """Refuse a label that holds a part of the calculation, so that nothing is left out of the sum unseen."""
    tokens = reader.tokens
    kinds = [token.kind for token in tokens[:start]]
    last_close = max((index for index, kind in enumerate(kinds) if kind == CLOSE), default=-1)
    for index in range(last_close + 1, start):
        if kinds[index] == OPEN:
            raise reader.fail(Fault.UNBALANCED, index)
    index = 0
    while index < start:
        if kinds[index] == NUMBER:
            _check_label_number(reader, index, start)
        elif (
            tokens[index].text in _SURE_OPERATORS
            and tokens[index + 1].kind == WORD
            and NUMBER in kinds[max(index - 2, 0) : index]
        ):
            raise reader.fail(Fault.WORD_INSIDE, index + 1)
        index = max(reader.partner.get(index, index), index) + 1
    if start > 0:
        _check_border(reader, start)


def _check_label_number(reader: Reader, index: int, start: int) -> None:
    """Refuse an amount in the label, unless it stands in brackets: it may have been meant to count."""
    tokens = reader.tokens
    following = tokens[index + 1]
    worded = following.kind == WORD
    if worded and is_amount(reader, index) and _PLAIN_MONEY.fullmatch(following.text):
        loose = True
    else:
        joined = following.kind == OPERATOR or (worded and following.text in _SEPARATORS)
        joined = joined or (index > 0 and tokens[index - 1].kind == OPERATOR)
        loose = joined and is_price(tokens[index].text)
    if not loose:
        return
    left, _ = _operand(reader, start)
    if left is not None and start - left <= 2:
        raise reader.fail(Fault.MISSING_OPERATOR, start)
    for sign in range(index + 1, start - 1):
        if tokens[sign].text in _SEPARATORS and tokens[sign + 1].kind == WORD:
            raise reader.fail(Fault.WORD_INSIDE, sign + 1)
    raise reader.fail(Fault.LOOSE_AMOUNT, index, index + 1 + worded)


def _check_border(reader: Reader, start: int) -> None:
    """Refuse a border at which an operator seems to be missing, or one number to be torn."""
    tokens = reader.tokens
    head, before = tokens[start], tokens[start - 1]
    further = tokens[start - 2] if start > 1 else None
    if before.kind == NUMBER:
        if further is not None and further.kind == OPERATOR and further.text in _SURE_OPERATORS:
            raise reader.fail(Fault.MISSING_OPERATOR, start)
        if (further is None or further.end < before.start) and well_formed(before.text + head.text):
            raise reader.fail(Fault.BROKEN_NUMBER, start - 1, start + 1)
    elif before.end == head.start:
        if before.text in {".", ","}:
            raise reader.fail(Fault.BAD_NUMBER, start - 1, start + 1)
        counted = further is not None and further.kind == NUMBER and further.end == before.start
        opening = reader.partner.get(start - 1)
        grouped = before.kind == CLOSE and opening is not None and not reader.is_note(opening)
        if grouped or (before.kind == WORD and counted):
            raise reader.fail(Fault.MISSING_OPERATOR, start)


def is_bare(reader: Reader, index: int) -> bool:
    """Whether a figure has no unit at all."""
    return index + 1 == len(reader.tokens) or reader.tokens[index + 1].kind != WORD


def is_price(digits: str) -> bool:
    """Whether a figure without a unit is plainly an amount: thousands commas, or many digits."""
    return "," in digits or (digits.isdigit() and len(digits) >= _SHORTEST_LONE_PRICE)


def is_amount(reader: Reader, index: int) -> bool:
    """Whether a token is a figure that can be an amount of money."""
    tokens = reader.tokens
    if tokens[index].kind != NUMBER:
        return False
    if is_bare(reader, index):
        return is_price(tokens[index].text)
    unit = tokens[index + 1].text
    if unit in SCALES and index + 2 < len(tokens) and tokens[index + 2].text[:1] == "원":
        return True
    return _MONEY.match(unit.lstrip(",.")) is not None


def _has_amount(reader: Reader, low: int, high: int) -> bool:
    return any(is_amount(reader, index) for index in range(low, high))


def is_calculation(reader: Reader, low: int, high: int) -> bool:
    """Whether the tokens from ``low`` to ``high`` hold an amount and an operator."""
    return _has_amount(reader, low, high) and any(token.kind == OPERATOR for token in reader.tokens[low:high])
