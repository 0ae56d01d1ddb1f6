#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/check_vectors.tsv: values with python-stdnum's verdict (Debian python3-stdnum).

    python3 tests/oracles/make_check_vectors.py > tests/data/check_vectors.tsv

Columns: check, parameter, value, 1 or 0. Values are random but seeded: whole ones made valid, the
same with one character changed or two neighbours swapped, and plain random ones. Only rows on which
stdnum decides by the same published rule are written; where ours is narrower on purpose (see SKIP),
the row is left out."""
import random
import string

from stdnum import iban, luhn, verhoeff
from stdnum.au import tfn
from stdnum.br import cnpj, cpf
from stdnum.ca import sin
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.us import itin, ssn

import check_kinds

COUNT = 60
DIGITS = "0123456789"
LETTERS = string.ascii_uppercase


def digits(n):
    return "".join(random.choice(DIGITS) for _ in range(n))


def letters(n, alphabet=LETTERS):
    return "".join(random.choice(alphabet) for _ in range(n))


def until(valid, make):
    while True:
        value = make()
        if valid(value):
            return value


def mutate(value):
    """One character changed within its class, or two neighbours of one class swapped."""
    i = random.randrange(len(value) - 1)
    if random.random() < 0.3 and value[i].isdigit() == value[i + 1].isdigit():
        return value[:i] + value[i + 1] + value[i] + value[i + 2:]
    return value[:i] + random.choice(DIGITS if value[i].isdigit() else LETTERS) + value[i + 1:]


def make_nir():
    body = random.choice("12") + digits(2) + f"{random.randint(1, 12):02d}"
    body += random.choice(["75", "13", "2A", "2B", "99"]) + digits(6)
    return body + nir.calc_check_digits(body)


def make_cf():
    body = letters(6, "BCDFGLMNPRSTV") + digits(2) + random.choice("ABCDEHLMPRST")
    body += f"{random.choice([0, 40]) + random.randint(1, 28):02d}" + letters(1, "ABCDEFGHIL") + digits(3)
    return body + codicefiscale.calc_check_digit(body)


def make_iban(country, length):
    body = digits(length - 4)
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    return f"{country}{98 - number % 97:02d}{body}"


# Rules of ours that stdnum does not have.
SKIP = {
    "sin": lambda v: v[0] in "08",
    "steuer_id": lambda v: any(v[i] == v[i + 1] == v[i + 2] for i in range(8)),
    "insee": lambda v: not (1 <= int(v[3:5]) <= 12) or v[0] not in "12" or v[10:13] == "000",
    "codice_fiscale": lambda v: not v[9:11].isdigit() or not 1 <= int(v[9:11]) % 40 <= 28,
    "itin": lambda v: 50 <= int(v[3:5]) <= 65,  # assigned since stdnum was written
    "ssn": lambda v: v in ("078051120", "457555462", "219099999"),
    "aadhaar": lambda v: v == v[::-1],
    "pan": lambda v: v[5:9] == "0000",
}

KINDS = [
    ("nhs", nhs.is_valid, lambda: digits(10)),
    ("sin", sin.is_valid, lambda: random.choice("1234567") + digits(8)),
    ("insee", nir.is_valid, make_nir),
    ("steuer_id", idnr.is_valid, lambda: random.choice("123456789") + digits(10)),
    ("dni", dni.is_valid, lambda: (lambda n: n + dni.calc_check_digit(n))(digits(8))),
    ("nie", nie.is_valid, lambda: (lambda n: n + nie.calc_check_digit(n))(random.choice("XYZ") + digits(7))),
    ("codice_fiscale", codicefiscale.is_valid, make_cf),
    ("cpf", cpf.is_valid, lambda: (lambda n: n + cpf._calc_check_digits(n))(digits(9))),
    ("cnpj", cnpj.is_valid, lambda: (lambda n: n + cnpj.calc_check_digits(n))(digits(12))),
    ("tfn", tfn.is_valid, lambda: digits(9)),
    ("aadhaar", aadhaar.is_valid,
     lambda: (lambda n: n + verhoeff.calc_check_digit(n))(random.choice("23456789") + digits(10))),
    ("pan", pan.is_valid, lambda: letters(3) + letters(1, "ABCFGHJLPT") + letters(1) + digits(4) + letters(1)),
    ("itin", itin.is_valid, lambda: "9" + digits(8)),
    ("ssn", ssn.is_valid, lambda: digits(9)),
]


def npi_valid(value):
    return value[0] in "12" and luhn.is_valid("80840" + value)


def row(check, parameter, value, valid):
    print(f"{check}\t{parameter}\t{value}\t{1 if valid else 0}")


def rows_of(check, valid, make):
    for _ in range(COUNT):
        good = until(valid, make)
        for value in (good, mutate(good), mutate(good), make()):
            skipped = check in SKIP and SKIP[check](value)
            if not skipped and len(set(value[:8])) > 1:
                row(check, "-", value, valid(value))


def iban_rows():
    for country, length in (("DE", 22), ("AT", 20), ("BE", 16), ("DK", 18), ("ES", 24), ("EE", 20), ("FI", 18),
                            ("HU", 28), ("LT", 20), ("NO", 15), ("PL", 28), ("PT", 25), ("RS", 22), ("SE", 24),
                            ("SI", 19), ("SK", 24), ("TN", 24), ("CZ", 24), ("CR", 22), ("IL", 23)):
        for _ in range(12):
            good = make_iban(country, length)
            for value in (good, mutate(good), good[:-1], good + "0"):
                if value[:2] == country and value[2:4].isdigit() and 2 <= int(value[2:4]) <= 98:
                    row("iban", country, value, iban.is_valid(value, check_country=False))


def national_rows():
    """Few rows of each kind of check_kinds.py; compare_checks.py runs many. Left out: kinds with a
    parameter that is no country, and what we judge otherwise on purpose or take for a filler."""
    for kind in check_kinds.KINDS:
        if kind[1] != "-" or kind[0] in check_kinds.NARROWER | check_kinds.WIDER:
            continue
        module = check_kinds.module_of(kind[2])
        differs = check_kinds.DIFFERS.get((kind[0], "-"), (lambda value: False, ""))[0]
        for _ in range(4):
            good = check_kinds.make_valid(kind)
            for value in (good, check_kinds.mutate(good), check_kinds.mutate(good)):
                if not differs(value) and len(set(value)) > 2 and "12345678" not in value:
                    row(kind[0], "-", value, check_kinds.is_valid(module, value))


def main():
    random.seed(7064)
    for check, valid, make in KINDS:
        rows_of(check, valid, make)
    rows_of("npi", npi_valid, lambda: random.choice("12") + digits(9))
    iban_rows()
    national_rows()


if __name__ == "__main__":
    main()
