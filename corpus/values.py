# SPDX-License-Identifier: Apache-2.0
"""Made-up values that are valid in form: check digits, prefixes, structure.

Every function takes a random.Random and returns text. The algorithms stand here a second time, written from
the public rules and not from assay's checks, so that a corpus made with them is a proof of those
checks. No value is taken from anywhere: they are random, apart from the fixed prefixes that the form demands.
"""

import base64
import hashlib
import hmac
import json
import string
import struct
import zlib

DIGITS = string.digits
UPPER = string.ascii_uppercase
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def pick(r, alphabet, count):
    return "".join(r.choice(alphabet) for _ in range(count))


def luhn_digit(digits):
    total = 0
    for i, c in enumerate(reversed(digits)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


def grouped(text, sizes, separator):
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at:at + size])
        at += size
    return separator.join(parts)


# -- financial ---------------------------------------------------------------

CARD_FORMS = (  # prefix maker, length, grouping
    (lambda r: "4", 16, (4, 4, 4, 4)),
    (lambda r: str(r.randint(51, 55)), 16, (4, 4, 4, 4)),
    (lambda r: str(r.randint(222100, 272099)), 16, (4, 4, 4, 4)),
    (lambda r: r.choice(("34", "37")), 15, (4, 6, 5)),
    (lambda r: "6011", 16, (4, 4, 4, 4)),
    (lambda r: str(r.randint(3528, 3589)), 16, (4, 4, 4, 4)),
    (lambda r: "36", 14, (4, 6, 4)),
)


def card(r, separator=None):
    prefix, length, sizes = r.choice(CARD_FORMS)
    body = prefix(r)
    while True:
        digits = body + pick(r, DIGITS, length - 1 - len(body))
        digits += luhn_digit(digits)
        if len(set(digits)) > 5:  # nothing that looks like a placeholder
            break
    if separator is None:
        separator = r.choice(("", " ", "-"))
    return grouped(digits, sizes, separator)


IBAN_FORMS = {  # country: (type, BBAN maker)
    "DE": ("GERMANY_BANK_ACCOUNT_NUMBER", lambda r: pick(r, DIGITS, 18)),
    "NL": ("NETHERLANDS_BANK_ACCOUNT_NUMBER", lambda r: pick(r, UPPER, 4) + pick(r, DIGITS, 10)),
    "GB": ("UK_BANK_ACCOUNT_NUMBER", lambda r: pick(r, UPPER, 4) + pick(r, DIGITS, 14)),
    "CH": ("SWITZERLAND_BANK_ACCOUNT_NUMBER", lambda r: pick(r, DIGITS, 17)),
    "ES": ("SPAIN_BANK_ACCOUNT_NUMBER", lambda r: spanish_bban(r)),
    "FR": ("FRANCE_BANK_ACCOUNT_NUMBER", lambda r: french_bban(r)),
    "PL": ("POLAND_BANK_ACCOUNT_NUMBER", lambda r: polish_bban(r)),
}


def spanish_bban(r):
    bank, account = pick(r, DIGITS, 8), pick(r, DIGITS, 10)

    def control(digits):
        weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
        rest = 11 - sum(int(d) * w for d, w in zip(digits.zfill(10), weights)) % 11
        return str({11: 0, 10: 1}.get(rest, rest))
    return bank + control(bank) + control(account) + account


def french_bban(r):
    bank, desk, account = pick(r, DIGITS, 5), pick(r, DIGITS, 5), pick(r, DIGITS, 11)
    key = 97 - (89 * int(bank) + 15 * int(desk) + 3 * int(account)) % 97
    return f"{bank}{desk}{account}{key:02d}"


def polish_bban(r):
    sort = pick(r, DIGITS, 7)
    check = -sum(int(d) * w for d, w in zip(sort, (3, 9, 7, 1, 3, 9, 7))) % 10
    return sort + str(check) + pick(r, DIGITS, 16)


def iban(r, country=None, spaced=None):
    """(type, value)"""
    country = country or r.choice(sorted(IBAN_FORMS))
    kind, make = IBAN_FORMS[country]
    bban = make(r)
    number = "".join(str(int(c, 36)) for c in bban + country + "00")
    value = f"{country}{98 - int(number) % 97:02d}{bban}"
    if spaced if spaced is not None else r.random() < 0.5:
        value = " ".join(value[i:i + 4] for i in range(0, len(value), 4))
    return kind, value


def us_bank_account(r):
    return str(r.randint(1, 9)) + pick(r, DIGITS, 10)


# -- personal ----------------------------------------------------------------

def ssn(r):
    while True:
        area = r.randint(1, 899)
        if area != 666:
            break
    return f"{area:03d}-{r.randint(1, 99):02d}-{r.randint(1, 9999):04d}"


def itin(r):
    middle = r.choice([*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)])
    return f"9{pick(r, DIGITS, 2)}-{middle:02d}-{pick(r, DIGITS, 4)}"


def nino(r):
    while True:
        prefix = r.choice("ABCEGHJKLMNOPRSTWXYZ") + r.choice("ABCEGHJKLMNPRSTWXYZ")
        if prefix not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
            break
    return f"{prefix} {pick(r, DIGITS, 2)} {pick(r, DIGITS, 2)} {pick(r, DIGITS, 2)} {r.choice('ABCD')}"


def nhs(r):
    while True:
        body = str(r.randint(4, 7)) + pick(r, DIGITS, 8)
        check = 11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1))) % 11
        if check != 10:
            return grouped(body + str(check % 11), (3, 3, 4), " ")


def sin(r):
    body = r.choice("1234567") + pick(r, DIGITS, 7)
    return grouped(body + luhn_digit(body), (3, 3, 3), " ")


def insee(r):
    body = (f"{r.randint(1, 2)}{r.randint(40, 99)}{r.randint(1, 12):02d}{r.randint(1, 19):02d}"
            f"{r.randint(1, 599):03d}{r.randint(1, 999):03d}")
    key = 97 - int(body) % 97
    return f"{body}{key:02d}"


def german_tax_id(r):
    """Ten digits, of which exactly one stands twice, and the ISO 7064 MOD 11,10 check digit."""
    while True:
        digits = r.sample(DIGITS, 9)
        digits.insert(r.randint(0, 9), r.choice(digits))
        if digits[0] != "0":
            break
    product = 10
    for d in digits:
        total = (int(d) + product) % 10 or 10
        product = total * 2 % 11
    return "".join(digits) + str((11 - product) % 10)


def german_id_card(r):
    body = r.choice("LMNPRTVWXY") + pick(r, "0123456789CFGHJKLMNPRTVWXYZ", 8)
    check = sum(int(c, 36) * w for c, w in zip(body, (7, 3, 1) * 3)) % 10
    if sum(c in DIGITS for c in body) < 3:
        return german_id_card(r)
    return body + str(check)


DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def dni(r):
    number = r.randint(10_000_000, 89_999_999)
    return f"{number}{DNI_LETTERS[number % 23]}"


def nie(r):
    lead, number = r.randint(0, 2), r.randint(0, 9_999_999)
    return f"{'XYZ'[lead]}{number:07d}{DNI_LETTERS[(lead * 10_000_000 + number) % 23]}"


CF_ODD = dict(zip(DIGITS + UPPER, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2,
                                   4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)))


def codice_fiscale(r):
    consonants = "BCDFGLMNPRSTVZ"
    day = r.randint(1, 28) + r.choice((0, 40))
    body = (pick(r, consonants, 6) + f"{r.randint(40, 99)}{r.choice('ABCDEHLMPRST')}{day:02d}"
            f"{r.choice('ABCDEFGHIL')}{r.randint(1, 999):03d}")
    total = sum(CF_ODD[c] if i % 2 == 0 else (int(c) if c.isdigit() else ord(c) - 65)
                for i, c in enumerate(body))
    return body + UPPER[total % 26]


def mod11_digit(digits, weights):
    rest = sum(int(d) * w for d, w in zip(digits, weights)) % 11
    return str(0 if rest < 2 else 11 - rest)


def cpf(r):
    body = pick(r, DIGITS, 9)
    body += mod11_digit(body, range(10, 1, -1))
    body += mod11_digit(body, range(11, 1, -1))
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def cnpj(r):
    body = pick(r, DIGITS, 8) + "0001"
    body += mod11_digit(body, (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    body += mod11_digit(body, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    return f"{body[:2]}.{body[2:5]}.{body[5:8]}/{body[8:12]}-{body[12:]}"


def tfn(r):
    while True:
        digits = str(r.randint(1, 9)) + pick(r, DIGITS, 8)
        if sum(int(d) * w for d, w in zip(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10))) % 11 == 0:
            return grouped(digits, (3, 3, 3), " ")


def verhoeff_digit(digits):
    multiply = [[(a + b) % 5 if a < 5 and b < 5 else 0 for b in range(10)] for a in range(10)]
    for a in range(10):  # the dihedral group of order ten
        for b in range(10):
            if a < 5:
                multiply[a][b] = (a + b) % 5 + (5 if b >= 5 else 0)
            else:
                multiply[a][b] = (a - b) % 5 + (0 if b >= 5 else 5)
    base, rows = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(base[d] for d in rows[-1]))
    value = 0
    for i, c in enumerate(reversed(digits)):
        value = multiply[value][rows[(i + 1) % 8][int(c)]]
    return str(multiply[value].index(0))


def aadhaar(r):
    body = r.choice("23456789") + pick(r, DIGITS, 10)
    return grouped(body + verhoeff_digit(body), (4, 4, 4), " ")


def indian_pan(r):
    return pick(r, UPPER, 3) + "P" + r.choice(UPPER) + str(r.randint(1000, 9999)) + r.choice(UPPER)


def dea(r):
    digits = [r.randint(0, 9) for _ in range(6)]
    check = (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10
    return r.choice("ABFM") + r.choice(UPPER) + "".join(map(str, digits)) + str(check)


def npi(r):
    body = r.choice("12") + pick(r, DIGITS, 8)
    return body + luhn_digit("80840" + body)


VIN_VALUE = {**{d: int(d) for d in DIGITS}, **dict(zip("ABCDEFGH", range(1, 9))),
             **dict(zip("JKLMN", range(1, 6))), "P": 7, "R": 9, **dict(zip("STUVWXYZ", range(2, 10)))}


def vin(r):
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    body = list("1HG" + pick(r, letters, 2) + pick(r, DIGITS, 3) + "0" + r.choice("JKLMNPR") +
                r.choice(letters) + pick(r, DIGITS, 6))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(VIN_VALUE[c] * w for c, w in zip(body, weights)) % 11
    body[8] = "X" if rest == 10 else str(rest)
    return "".join(body)


def birth_date(r):
    return f"{r.randint(1945, 2004)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}"


AREAS = ("212", "312", "415", "617", "702", "206", "303", "404", "512", "713")


def phone(r):
    exchange = r.choice([n for n in range(220, 490) if n % 100 != 11])  # N11 is no exchange
    return f"({r.choice(AREAS)}) {exchange}-{r.randint(1000, 9999)}"


FIRST = ("alice", "bruno", "chloe", "dmitri", "elena", "farid", "greta", "hiro", "ines", "jonas", "kofi",
         "lucia", "maya", "noor", "olga", "pedro", "quinn", "rosa", "sven", "tara")
LAST = ("abbot", "bianchi", "carver", "dubois", "egger", "fischer", "garcia", "hansen", "ivanov", "jansen",
        "keller", "larsson", "moreau", "novak", "okafor", "petrov", "quist", "romano", "silva", "weber")
MAIL_HOSTS = ("brightwater-mail.net", "northgate.co.uk", "posteo-mail.de", "larkfield.org")


def email(r):
    return f"{r.choice(FIRST)}.{r.choice(LAST)}{r.randint(2, 99)}@{r.choice(MAIL_HOSTS)}"


def ipv4(r):
    return f"{r.choice((81, 93, 134, 145, 178, 185, 194, 212))}." + ".".join(
        str(r.randint(1, 254)) for _ in range(3))


def ipv6(r):
    return "2a02:" + ":".join(f"{r.randint(0x1000, 0xffff):x}" for _ in range(7))


# -- credentials -------------------------------------------------------------

def aws_key_id(r):
    return "AKIA" + pick(r, UPPER + "234567", 16)


def aws_secret(r):
    while True:
        value = pick(r, BASE62 + "+/", 40)
        kinds = (any(c.isdigit() for c in value), any(c.isupper() for c in value),
                 any(c.islower() for c in value))
        if all(kinds) and len(set(value)) >= 20 and value[0] not in "+/" and value[-1] not in "+/":
            return value


def github_token(r):
    body = pick(r, BASE62, 30)
    number, check = zlib.crc32(body.encode()), ""
    while number:
        number, rest = divmod(number, 62)
        check = BASE62[rest] + check
    return r.choice(("ghp_", "gho_", "ghs_")) + body + check.rjust(6, "0")


def slack_token(r):
    return f"xoxb-{r.randint(10**11, 10**12 - 1)}-{r.randint(10**12, 10**13 - 1)}-{pick(r, BASE62, 24)}"


def stripe_key(r):
    return "sk_live_" + pick(r, BASE62, 24)


def gcp_key(r):
    return "AIza" + pick(r, BASE62 + "_-", 34) + r.choice(BASE62)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(r):
    header = json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode()
    claims = json.dumps({"sub": pick(r, DIGITS, 10), "iat": 1760000000 + r.randint(0, 10**7)},
                        separators=(",", ":")).encode()
    return ".".join((base64url(header), base64url(claims), base64url(r.randbytes(32))))


def basic_auth(r):
    user = f"{r.choice(FIRST)}:{pick(r, BASE62, 14)}"
    return base64.b64encode(user.encode()).decode()


def armour(label, data, width=64, head="", tail=""):
    body = base64.b64encode(data).decode()
    lines = [body[i:i + width] for i in range(0, len(body), width)]
    return f"-----BEGIN {label}-----\n{head}" + "\n".join(lines) + f"\n{tail}-----END {label}-----"


def ssh_string(data):
    return struct.pack(">I", len(data)) + data


def openssh_key(r):
    public = ssh_string(b"ssh-ed25519") + ssh_string(r.randbytes(32))
    check = r.randbytes(4)
    private = check + check + public + ssh_string(r.randbytes(64)) + ssh_string(b"deploy@build")
    private += bytes(range(1, 1 + -len(private) % 8))
    data = (b"openssh-key-v1\0" + ssh_string(b"none") + ssh_string(b"none") + ssh_string(b"") +
            struct.pack(">I", 1) + ssh_string(public) + ssh_string(private))
    return armour("OPENSSH PRIVATE KEY", data, 70)


def der(tag, data):
    if len(data) < 128:
        return bytes((tag, len(data))) + data
    length = len(data).to_bytes(2, "big").lstrip(b"\0")
    return bytes((tag, 0x80 | len(length))) + length + data


def pkcs_key(r):
    def integer(size):
        return der(2, bytes((r.randint(1, 127),)) + r.randbytes(size - 1))
    sizes = (128, 3, 128, 64, 64, 64, 64, 64)
    return armour("RSA PRIVATE KEY", der(0x30, der(2, b"\0") + b"".join(map(integer, sizes))))


def pgp_key(r):
    packet = bytes((4,)) + struct.pack(">I", 1_700_000_000) + bytes((1,)) + r.randbytes(300)
    data = b"\xc5" + bytes(((len(packet) - 192) // 256 + 192, (len(packet) - 192) % 256)) + packet
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc = (crc << 1) ^ (0x1864CFB if crc & 0x800000 else 0)
    check = base64.b64encode((crc & 0xFFFFFF).to_bytes(3, "big")).decode()
    return armour("PGP PRIVATE KEY BLOCK", data, 64, "\n", f"={check}\n")


def putty_key(r):
    public = ssh_string(b"ssh-ed25519") + ssh_string(r.randbytes(32))
    private = ssh_string(r.randbytes(32))
    comment = b"imported-openssh-key"
    data = b"".join(map(ssh_string, (b"ssh-ed25519", b"none", comment, public, private)))
    key = hashlib.sha1(b"putty-private-key-file-mac-key").digest()
    mac = hmac.new(key, data, hashlib.sha1).hexdigest()

    def block(name, blob):
        body = base64.b64encode(blob).decode()
        lines = [body[i:i + 64] for i in range(0, len(body), 64)]
        return f"{name}-Lines: {len(lines)}\n" + "\n".join(lines) + "\n"
    return ("PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\n"
            f"Comment: {comment.decode()}\n{block('Public', public)}{block('Private', private)}"
            f"Private-MAC: {mac}")
