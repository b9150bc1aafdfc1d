"""What untidy traces state: contradictions are found, consistent traces left alone, and what is not understood is counted."""

import re

import pytest
from tests.unit.laws.untidy import TRACES

from kgents.laws.coherence import Coherence, examine_trace, examined


def flagged(trace: str) -> bool:
    return examine_trace(trace).verdict is Coherence.INCOHERENT


def test_precision_recall_and_abstention_on_untidy_traces():
    """Of 250 untidy traces, half of them consistent: precision ≥ .90, recall ≥ .70, at most 60 % of the lines left out."""
    findings = [(contradicts, examine_trace(text)) for _, contradicts, text in TRACES]
    assert sum(contradicts for contradicts, _ in findings) == len(findings) / 2 >= 50
    found = [contradicts for contradicts, finding in findings if finding.verdict is Coherence.INCOHERENT]
    assert sum(found) / len(found) >= 0.97
    assert sum(found) / (len(findings) / 2) >= 0.90
    equalities = sum(finding.equalities for _, finding in findings)
    assert 1 - sum(finding.covered for _, finding in findings) / equalities <= 0.25


SOLUTIONS = (
    "Mia picks 12 * 3 = <<12*3=36>>36 apples.\nShe sells half of them, so 36 / 2 = <<36/2=18>>18 are left.\n#### 18",
    "The jacket is $80 * 25% = $20 off.\nIt costs $80 - $20 = $60.\nWith 10% tax that is 60 * 1.1 = $66.\n#### 66",
    "Joe runs 3 miles on weekdays, 3*5=15 miles, and 10 at the weekend.\nIn all he runs 15+10 = 25 miles a week.\n#### 25",
    "Let x be Ann's age. Ben is 2x years old.\nx + 2x = 36, so 3x = 36 and x = 12.\nBen is 2*12 = 24.\n#### 24",
    "1/3 of the 60 pages = 20 pages on Monday.\nThere are 60-20=40 pages left, 3/4 of 40 = 30 are read on Tuesday.\n#### 10",
    "The trip takes 150 miles / 60 mph = 2.5 hours.\n2.5 hours * 60 = 150 minutes, plus 20 minutes is 170 minutes.\n#### 170",
    "Each of the 7 days has 24 hours, so 7 * 24 = 168 hours.\nShe sleeps 8 hours a day: 8 x 7 = 56.\n168 - 56 = 112\n#### 112",
    "First, 5 dozen eggs = 5 * 12 = 60 eggs.\nAt $0.20 each he gets 60 * .2 = $12.00.\n#### 12",
    "Sam needs 100 / 8 = 12.5 packs, so he buys 13.\nThey cost 13 * $4 = $52\n#### 52",
    "The ratio of boys to girls is 3:2, so there are 3+2 = 5 parts and 30/5 = 6 in a part.\n3*6 = 18 boys\n#### 18",
    "He reads 20 + 25 = 45 pages in 2 days.\nAfter 3 more days at 30 pages he has read 45 + 3 * 30 = 135 pages.\n#### 135",
    "There are 240 - 96 = 144 adults and 144 / 4 = 36 of them are guests.\n144 - 36 = 108\n#### 108",
)  # fmt: skip


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_correct_solutions_in_prose_are_never_flagged_and_are_checked(solution):
    finding = examine_trace(solution)
    assert finding.verdict is Coherence.COHERENT
    assert finding.covered >= finding.equalities - 1


def test_three_of_four_slips_planted_into_correct_solutions_are_found():
    """Every result behind an equals sign, changed by 3, one at a time."""
    planted = []
    for solution in SOLUTIONS:
        prose = re.sub(r"<<[^<>]*>>", "", solution)
        matches = re.finditer(r"= ?\$?(\d+)(?![\d.]|\s*[*/+x-])", prose)
        planted += [prose[: one.start(1)] + str(int(one.group(1)) + 3) + prose[one.end(1) :] for one in matches]
    assert len(planted) >= 20
    assert sum(map(flagged, planted)) / len(planted) >= 0.75


@pytest.mark.parametrize(
    "trace",
    [
        "1/2 + 1/4 = 1/4", "5 * 12 = 6000", "5 + 7 = 13 apples", "9 + 4 = 13\n13 * 2 = 26\n#### 28",
        "speed = 60\n2 * speed = 100",
        "3 m = 30 cm", "2 hours = 100 minutes", "The price rises by 10% from 80 to 90.",
        "From March 3 to March 10 there are 9 days.",
        "Three plus four equals eight.", "2(x + 3) = 2x + 3", "\\[ \\frac{12}{4} = 4 \\]", "2^5 = 30",
        "5 boxes hold 5 * 12 = 65 pens.",
        "n > 3\nn < 4\nn is a whole number.", "Final answer: $12\nThe answer is $13.", "7 mod 4 = 2", "2³ + 1 = 10",
        "3 + 4 = 7 = 8",
        "12 is 5 times 3? No matter.\n5 times 3 is 14.", "A third of 12 is 5.", "10:50 + 20 minutes = 11:20", "1 h = 50 min",
    ],
)  # fmt: skip
def test_contradictions(trace):
    assert flagged(trace)


@pytest.mark.parametrize(
    "trace",
    [
        "10 / 3 = 3.33\n3.33 * 2 = 6.67", "For the red box: x = 4.\nFor the blue box: x = 7.", "It is not true that 2 + 2 = 5.",
        "9:45 + 30 = 10:15", "(a) The answer is 5.\n(b) The answer is 8.", "The answer is 5 km.\n#### 5000 m",
        "On Monday the price p = 5.\nOn Tuesday the price p = 6.", "R1 = 2\nR1 = 2 * 3 = 6 after scaling.",
        "The student wrote 7 * 8 = 54. The right product is 7 * 8 = 56.", "7 * 8 = 54. Wait, no. 7 * 8 = 56.",
        "1 hour 20 minutes = 60 + 20 = 80 minutes", "1/3 = 5 pages", "3 quarters + 2 dimes = 95 cents", "gcd(12, 8) + 1 = 5",
        "P(A) = 1/2 and P(B) = 1/3", "Ages 3-5 = 12 children", "x^2 = 4, so x = 2 or x = -2", "the total - 5 = 12",
        "2 1/2 cups = 5/2 cups", "80 - 10% = 72 * 1", "0.67 * 30 = 20", "100 - 30% of 100 = 70",
    ],
)  # fmt: skip
def test_what_is_consistent_or_not_understood_is_left_alone(trace):
    assert not flagged(trace)


def test_a_phrase_in_the_place_of_a_name_is_shown_where_it_got_its_value():
    found = examine_trace("The pen costs little.\nunit price = 3\ntotal = unit price * 4 = 13")
    assert [(claim.line, claim.text) for claim in found.core] == [(2, "unit price = 3"), (3, "unit price * 4 = 13")]


def test_long_sums_products_and_chains_are_read():
    """Ten thousand terms are no deeper than two."""
    assert flagged(" + ".join(["1"] * 10_000) + " = 10001")
    assert not flagged(" + ".join(["1"] * 10_000) + " = 10000")
    assert not flagged("(" * 5_000 + "1" + ")" * 5_000 + " = 2")
    assert examine_trace("2 * " * 10_000 + "2 = 5").verdict is Coherence.UNCHECKED
    assert not flagged("2^" * 200 + "2 = 5")


def test_a_trace_that_cannot_be_examined_is_unchecked_and_says_why(monkeypatch):
    """Whatever goes wrong inside is a fact about this trace."""

    def fails(trace):
        raise RecursionError("too deep")

    monkeypatch.setattr("kgents.laws.coherence.examine_trace", fails)
    finding = examined("1 + 1 = 2")
    assert finding.verdict is Coherence.UNCHECKED
    assert finding.to_data()["reason"] == "it could not be examined: RecursionError: too deep"


def test_lines_are_counted_as_they_are_in_the_trace():
    assert [claim.line for claim in examine_trace("One.\n\n\n1 + 1 = 3").core] == [4]


@pytest.mark.parametrize(
    ("trace", "contradicts"),
    [
        ("n = 3\nn! = 6", False), ("n! = 24 when n = 4.\nAnswer: 24", False), ("x = 9\n√x + 1 = 4", False),
        ("5! = 100 ways.", True), ("6! / 4! = 30 pairs", False), ("(2 + 1)! = 9", True), ("Great! 5 = 2 + 3", False),
        ("1.5 h * 60 km/h = 80 km", True), ("1.5 h * 60 km/h = 90 km", False), ("h = 5\n2h = 12", True),
        ("Sales tripled from $20 to $50.", True), ("It halved from 9 to 4.5.", False), ("It doubles from 8 to 16.", False),
    ],
)  # fmt: skip
def test_factorials_roots_rates_and_multiples(trace, contradicts):
    """A factorial ends no sentence and is no plain name; a unit behind a stroke is no variable; doubling is checked."""
    assert flagged(trace) is contradicts
