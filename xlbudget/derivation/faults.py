"""What can be wrong with a derivation, and how it is said: where, what was found, what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """Why a text has no amount."""

    NO_EXPRESSION = "no-expression"
    NO_AMOUNT = "no-amount"
    BAD_NUMBER = "bad-number"
    BROKEN_NUMBER = "broken-number"
    MISSING_OPERATOR = "missing-operator"
    MISSING_NUMBER = "missing-number"
    TWO_OPERATORS = "two-operators"
    WORD_INSIDE = "word-inside"
    LOOSE_AMOUNT = "loose-amount"
    UNCLEAR_SIGN = "unclear-sign"
    UNBALANCED = "unbalanced"
    EMPTY_BRACKETS = "empty-brackets"
    DIVISION_BY_ZERO = "division-by-zero"
    BAD_RESULT = "bad-result"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"


MESSAGES: dict[Fault, str] = {
    Fault.NO_EXPRESSION: "셈할 식이 없습니다. 이름 뒤에 한 칸 띄우고 150,000원*20명*3회처럼 식을 적으세요.",
    Fault.NO_AMOUNT: '"{}": 금액이 보이지 않습니다. 150,000원*20명처럼 금액에 원 또는 천원을 붙여 적으세요.',
    Fault.BAD_NUMBER: '"{}": 수로 읽을 수 없습니다. 쉼표는 세 자리마다, 소수점은 한 번만 찍으세요.',
    Fault.BROKEN_NUMBER: '"{}": 한 수인지 두 수인지 알 수 없습니다. 한 수이면 붙여 쓰고, 아니면 사이에 글자나 기호를 넣으세요.',
    Fault.MISSING_OPERATOR: '"{}" 앞에 연산 기호가 없습니다. *, /, +, - 가운데 하나로 잇거나, 이름이면 한 칸 띄우세요.',
    Fault.MISSING_NUMBER: '"{}" 옆에 수가 없습니다. 빠진 수를 적거나 기호를 지우세요.',
    Fault.TWO_OPERATORS: '"{}": 연산 기호가 겹쳤습니다. 하나만 남기세요. 음수는 △로 적습니다.',
    Fault.WORD_INSIDE: '"{}": 식 안에서 수가 올 자리에 글자가 있습니다. 이름은 식 앞에, 단위는 수 뒤에 적으세요.',
    Fault.LOOSE_AMOUNT: '"{}": 뒤의 식과 이어지지 않은 금액입니다. 기호로 잇거나, 설명이면 괄호에 넣으세요.',
    Fault.UNCLEAR_SIGN: '"{}": 셈하는 기호인지 구분하는 표시인지 알 수 없습니다. 구분하는 표시이면 지우고, 음수는 △로 적으세요.',
    Fault.UNBALANCED: '"{}": 괄호의 짝이 맞지 않습니다. 여는 괄호와 닫는 괄호를 맞추세요.',
    Fault.EMPTY_BRACKETS: '"{}": 괄호 안에 수가 없습니다. 수를 적거나 괄호를 지우세요.',
    Fault.DIVISION_BY_ZERO: '"{}": 0으로 나눌 수 없습니다. 나누는 수를 확인하세요.',
    Fault.BAD_RESULT: '"{}": "=" 뒤를 결과 금액으로 읽을 수 없습니다. = 9,000천원처럼 금액 하나만 적으세요.',
    Fault.TOO_LONG: "글이 너무 깁니다. 한 칸에는 32,767자까지 적을 수 있습니다.",
    Fault.TOO_DEEP: '"{}": 괄호가 너무 깊이 겹쳤습니다. 식을 나누어 적으세요.',
    Fault.TOO_LARGE: '"{}": 셈하기에는 너무 큰 수입니다. 자릿수와 단위를 확인하세요.',
}
_LONGEST_QUOTE = 24


class DerivationError(NamedTuple):
    """What is wrong with a text: a Korean sentence, and the position (from 0) in the text as it was given."""

    message: str
    position: int
    fault: Fault


class Unreadable(ValueError):
    """Reading stops at a stretch of the text. Leaves this package only through ``parse``."""

    def __init__(self, fault: Fault, start: int, end: int) -> None:
        super().__init__(fault)
        self.fault = fault
        self.start = start
        self.end = end

    def error(self, text: str) -> DerivationError:
        """Return what the user is told about the text."""
        quoted = " ".join(text[self.start : self.end].split())
        if len(quoted) > _LONGEST_QUOTE:
            quoted = quoted[:_LONGEST_QUOTE] + "…"
        return DerivationError(MESSAGES[self.fault].replace("{}", quoted), self.start, self.fault)
