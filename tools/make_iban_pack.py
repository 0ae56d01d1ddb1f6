#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes detectors/packs/iban.yaml: one definition for each country of the IBAN registry.

    python3 tools/make_iban_pack.py > detectors/packs/iban.yaml

The countries and structures are those of detectors/checks/iban.c; examples are made with a fixed
seed, their check digits by ISO/IEC 7064 MOD 97-10."""
import pathlib
import random
import re
import textwrap

# Country: name as it stands in `countries`, and whether Macie has it.
NAMES = {
    "AD": ("Andorra", 1), "AE": ("United Arab Emirates", 1), "AL": ("Albania", 1), "AT": ("Austria", 0),
    "AZ": ("Azerbaijan", 0), "BA": ("Bosnia-Herzegovina", 1), "BE": ("Belgium", 0), "BG": ("Bulgaria", 1),
    "BH": ("Bahrain", 0), "BI": ("Burundi", 0), "BR": ("Brazil", 1), "BY": ("Belarus", 0),
    "CH": ("Switzerland", 1), "CR": ("Costa Rica", 1), "CY": ("Cyprus", 1), "CZ": ("Czech Republic", 1),
    "DE": ("Germany", 1), "DJ": ("Djibouti", 0), "DK": ("Denmark", 1), "DO": ("Dominican Republic", 1),
    "EE": ("Estonia", 1), "EG": ("Egypt", 1), "ES": ("Spain", 1), "FI": ("Finland", 1),
    "FK": ("Falkland Islands", 0), "FO": ("Faroe Islands", 1), "FR": ("France", 1), "GB": ("UK", 1),
    "GE": ("Georgia", 1), "GI": ("Gibraltar", 0), "GL": ("Greenland", 1), "GR": ("Greece", 1),
    "GT": ("Guatemala", 0), "HN": ("Honduras", 0), "HR": ("Croatia", 1), "HU": ("Hungary", 1),
    "IE": ("Ireland", 1), "IL": ("Israel", 0), "IQ": ("Iraq", 0), "IS": ("Iceland", 1), "IT": ("Italy", 1),
    "JO": ("Jordan", 1), "KW": ("Kuwait", 0), "KZ": ("Kazakhstan", 0), "LB": ("Lebanon", 0),
    "LC": ("Saint Lucia", 0), "LI": ("Liechtenstein", 1), "LT": ("Lithuania", 1), "LU": ("Luxembourg", 0),
    "LV": ("Latvia", 0), "LY": ("Libya", 0), "MC": ("Monaco", 1), "MD": ("Moldova", 0),
    "ME": ("Montenegro", 1), "MK": ("North Macedonia", 1), "MN": ("Mongolia", 0), "MR": ("Mauritania", 1),
    "MT": ("Malta", 1), "MU": ("Mauritius", 1), "NI": ("Nicaragua", 0), "NL": ("Netherlands", 1),
    "NO": ("Norway", 0), "OM": ("Oman", 0), "PK": ("Pakistan", 0), "PL": ("Poland", 1),
    "PS": ("Palestine", 0), "PT": ("Portugal", 1), "QA": ("Qatar", 0), "RO": ("Romania", 0),
    "RS": ("Serbia", 1), "RU": ("Russia", 0), "SA": ("Saudi Arabia", 0), "SC": ("Seychelles", 0),
    "SD": ("Sudan", 0), "SE": ("Sweden", 1), "SI": ("Slovenia", 1), "SK": ("Slovakia", 1),
    "SM": ("San Marino", 1), "SN": ("Senegal", 1), "SO": ("Somalia", 0), "ST": ("Sao Tome and Principe", 0),
    "SV": ("El Salvador", 0), "TL": ("Timor-Leste", 1), "TN": ("Tunisia", 1), "TR": ("Turkiye", 1),
    "UA": ("Ukraine", 1), "VA": ("Vatican City", 0), "VG": ("Virgin Islands (British)", 1),
    "XK": ("Kosovo", 1), "YE": ("Yemen", 0),
}
IDS = {"BA": "BOSNIA_AND_HERZEGOVINA", "VG": "VIRGIN_ISLANDS"}
# Published, so no one's: the examples of the IBAN registry (SWIFT), and those of ISO 13616's usual introductions.
EXAMPLES = """
    AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT483200000012345864
    AT611904300234573201 AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BE71096123456769
    BG80BNBG96611020345678 BH67BMAG00001299123456 BI4210000100010000332045181 BR1800360305000010009795493C1
    BR9700360305000010009795493P1 BY13NBRB3600900000002Z00AB00 CH5604835012345678009 CH9300762011623852957
    CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399 DE75512108001245126199
    DE89370400440532013000 DJ2100010000000154000100186 DK5000400440116243 DK9520000123456789
    DO28BAGR00000001212453611324 EE382200221020145685 EG380019000500000000263180002 ES7921000813610123456789
    ES9121000418450200051332 FI1410093000123458 FI2112345600000785 FK88SC123456789012 FO6264600001631634
    FR1420041010050500013M02606 FR7630006000011234567890189 GB29NWBK60161331926819 GB33BUKB20201555555555
    GB82WEST12345698765432 GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206
    GR1601101250000000012300695 GT82TRAJ01020000001210029690 HN88CABF00000000000250005469
    HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678 IE64IRCE92050112345678
    IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339 IT60X0542811101000000123456
    JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101 KZ86125KZT5004100100
    LB62099900000001001901229114 LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000
    LU120010001234567891 LU280019400644750000 LV80BANK0000435195001 LY83002048000020100120361
    MC5811222000010123456789030 MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984
    MN121234123456789123 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S
    MU17BOMM0101101030300200000MUR NI45BAPR00000013000003558124 NL02ABNA0123456789 NL91ABNA0417164300
    NO8330001234567 NO9386011117947 OM810180000001299123456 PK36SCBL0000001123456702
    PL10105000997603123456789123 PL61109010140000071219812874 PS92PALS000000000400123456702
    PT50000201231234567890154 PT50002700000001234567833 QA58DOHB00001234567890ABCDEFG
    RO49AAAA1B31007593840000 RS35260005601001611379 RU0304452522540817810538091310419
    SA0380000000608010167519 SC18SSCB11010000000000001497USD SD8811123456789012 SE4550000000058398257466
    SE7280000810340009783242 SI56263300012039086 SK3112000000198742637541 SM86U0322509800000000270100
    SO211000001001000100141 ST23000100010051845310146 SV62CENR00000000000000700025 TL380080012345678910157
    TN5910006035183598478831 TR330006100519786457841326 UA213223130000026007233566001 VA59001123000012345678
    VG96VPVG0000012345678901 XK051212012345678906 YE15CBYE0001018861234567891234
""".split()
HEAD = """# SPDX-License-Identifier: Apache-2.0
# Bank accounts with an IBAN, one definition a country. Written by tools/make_iban_pack.py from the
# table in detectors/checks/iban.c; format: docs/detectors.md.
format: 1
family: finance
detectors:
"""
COMMON = """    category: FINANCIAL_INFORMATION
    severity: High
    recommended: true
    nominator: shape
    separators: " -n"
    separators_equal: true
    check: iban
    strength: strong
    keyword_rule: raises
    keywords: [account code, account number, "accountno#", "accountnumber#", bban, customer account id,
               customer account number, customer bank account id, iban, ibans, sepa, bank account, code bancaire,
               compte bancaire, numéro de compte, bankleitzahl, kontonummer, codice bancario, conto bancario,
               numero di conto, código cuenta, código cuenta bancaria, número cuenta bancaria cliente, rachunek,
               konto, bic, swift]
    source: ISO 13616-1; IBAN registry (SWIFT); ISO/IEC 7064 MOD 97-10
"""


def table():
    text = (pathlib.Path(__file__).parent.parent / "detectors/checks/iban.c").read_text()
    return re.findall(r'\{"([A-Z]{2})", "((?:\d+[nac])+)"\}', text)


def numeric(text):
    return int("".join(str(int(c, 36)) for c in text))


def make(country, structure):
    alphabet = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    alphabet["c"] = alphabet["n"] + alphabet["a"]
    bban = "".join(random.choice(alphabet[k]) for n, k in re.findall(r"(\d+)([nac])", structure)
                   for _ in range(int(n)))
    return f"{country}{98 - numeric(bban + country + '00') % 97:02d}{bban}"


def grouped(iban, joiner):
    return joiner.join(iban[i:i + 4] for i in range(0, len(iban), 4))


def spoil(iban):
    return iban[:2] + f"{(int(iban[2:4]) - 2 + 1) % 97 + 2:02d}" + iban[4:]


def definition(country, structure, first):
    name, macie = NAMES[country]
    ident = IDS.get(country, re.sub(r"[^A-Z]+", "_", name.upper()))
    length = 4 + sum(int(n) for n in re.findall(r"\d+", structure))
    groups = ["aadd"] + ["xxxx"] * ((length - 4) // 4) + (["x" * (length % 4)] if length % 4 else [])
    body = "".join({"n": "d", "a": "a", "c": "x"}[k] + f"{{{n}}}"
                   for n, k in re.findall(r"(\d+)([nac])", structure))
    a, b, c = (make(country, structure) for _ in range(3))
    lines = [] if first else ["  - like: ALBANIA_BANK_ACCOUNT_NUMBER"]
    lines.append(("  - " if first else "    ") + f"id: {ident}_BANK_ACCOUNT_NUMBER")
    lines += [f"    title: Bank account number (IBAN), {name}", f"    countries: {name}",
              f"    macie: {'true' if macie else 'false'}", f"    parameter: \"{country}\"",
              f"    shapes: [\"aadd{body}\", \"{'-'.join(groups)}\"]",
              f"    min_bytes: {length}", f"    max_bytes: {length + 3 * (len(groups) - 1)}"]
    text = "\n".join(lines) + "\n" + (COMMON if first else "")
    published = [iban for iban in EXAMPLES if iban.startswith(country)]
    text += textwrap.fill(f"    test_values: [{', '.join(published)}]", 118, subsequent_indent=" " * 18) + "\n"
    hits = [f"IBAN: ⟦{a}⟧", f"pay to ⟦{grouped(b, ' ')}⟧, please", f"⟦{grouped(c, '-')}⟧"]
    misses = [f"IBAN: {spoil(a)}", f"pay to {b[:-1]}", f"IBAN: X{c}"]
    for key, texts in (("examples_hit", hits), ("examples_miss", misses)):
        text += f"    {key}:\n" + "".join(f'      - "{t}"\n' for t in texts)
    return text


def main():
    random.seed(13616)
    rows = sorted(table(), key=lambda row: NAMES[row[0]][0])
    print(HEAD + "".join(definition(c, s, i == 0) for i, (c, s) in enumerate(rows)), end="")


if __name__ == "__main__":
    main()
