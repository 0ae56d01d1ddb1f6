# SPDX-License-Identifier: Apache-2.0
"""Which module of python-stdnum judges which check, and how to make its numbers.

A kind is (check, parameter, module, template). In a template 9 is a random digit, A a letter, X
either; y is YYMMDD, Y YYYYMMDD, d DDMMYY of a random day since 1900; [abc] one of these; {a|b|c} one
of these templates; everything else stands for itself. Most random numbers miss their check digit;
valid ones are found by trying, except where FINISH knows how to complete one.

Where we differ from stdnum on purpose, DIFFERS says when and why; every other disagreement is an
error."""
import datetime
import hashlib
import importlib
import random
import string

DIGITS = string.digits
LETTERS = string.ascii_uppercase

KINDS = [
    # north
    ("dk_cpr", "-", "dk.cpr", "d9999"),
    ("dk_cvr", "-", "dk.cvr", "{|DK}99999999"),
    ("ee_ik", "-", "ee.ik", "[345612]y9999"),
    ("ee_kmkr", "-", "ee.kmkr", "{|EE}999999999"),
    ("ee_registrikood", "-", "ee.registrikood", "[17893]9999999"),
    ("lt_asmens", "-", "lt.asmens", "{[3456]y9999|9y9999|99999999999}"),
    ("lt_pvm", "-", "lt.pvm", "{|LT}{9999999[12]9|9999999999[12]9}"),
    ("fi_alv", "-", "fi.alv", "{|FI}99999999"),
    ("fi_hetu", "-", "fi.hetu", "d[--A]999X"),
    ("is_kennitala", "-", "is_.kennitala", "d999[09]"),
    ("lv_pk", "-", "lv.pvn", "d[12]9999"),
    ("lv_pvn", "-", "lv.pvn", "{|LV}{d[12]9999|[456789]9999999999}"),
    ("no_fnr", "-", "no.fodselsnummer", "d99999"),
    ("no_konto", "-", "no.kontonr", "{99999999999|00009999999}"),
    ("no_orgnr", "-", "no.orgnr", "999999999"),
    ("no_orgnr", "-", "no.mva", "NO999999999MV[A]"),
    ("se_orgnr", "-", "se.orgnr", "9999999999"),
    ("se_pnr", "-", "se.personnummer", "{y|Y}-9999"),
    ("se_vat", "-", "se.vat", "{|SE}9999999999{01|99}"),
    # west
    ("at_uid", "-", "at.uid", "{|[A]T}U99999999"),
    ("at_tin", "-", "at.tin", "999999999"),
    ("at_vnr", "-", "at.vnr", "9999d"),
    ("at_fn", "-", "at.businessid", "999999[abdfghikmpstvwxyz]"),
    ("be_nn", "-", "be.nn", "y99999"),
    ("be_vat", "-", "be.vat", "{|BE}[01]999999999"),
    ("ch_ahv", "-", "ch.ssn", "7569999999999"),
    ("ch_uid", "-", "ch.uid", "CHE999999999"),
    ("ch_uid", "1", "ch.vat", "CHE999999999{MWST|TV[A]|IV[A]|TPV|V[A]T}"),
    ("de_vat", "-", "de.vat", "{|DE}999999999"),
    ("de_stnr", "-", "de.stnr", "{9999999999|99999999999|99990[09]99999999}"),
    ("fr_siren", "-", "fr.siren", "999999999"),
    ("fr_siren", "-", "fr.siret", "{99999999999999|35600000099999}"),
    ("fr_tva", "-", "fr.tva", "{|FR}{99|9A|A9|AA}999999999"),
    ("fr_tva", "1", "mc.tva", "{|FR}99000999999"),
    ("gb_vat", "-", "gb.vat", "{|GB|[X]I}{999999999|999999999999}"),
    ("gb_upn", "-", "gb.upn", "A[238]9999999999{9|A}"),
    ("ie_pps", "-", "ie.pps", "9999999A{|[AHWTX]}"),
    ("ie_vat", "-", "ie.vat", "{|IE}{9999999A|9999999A[AHWX]|9A99999A}"),
    ("lu_tva", "-", "lu.tva", "{|LU}99999999"),
    ("nl_bsn", "-", "nl.bsn", "999999999"),
    ("nl_bsn", "1", "nl.onderwijsnummer", "10999999[0-9]"),
    ("nl_btw", "-", "nl.btw", "{|NL}999999999B99"),
    # south
    ("ad_nrt", "-", "ad.nrt", "A999999A"),
    ("cy_vat", "-", "cy.vat", "{|C[Y]}99999999A"),
    ("es_cif", "-", "es.cif", "[A-W]9999999{9|[A-J]}"),
    ("es_nif", "-", "es.nif", "{99999999A|[KLM]9999999A}"),
    ("fr_spi", "-", "fr.nif", "[0123]999999999999"),
    ("gb_utr", "-", "gb.utr", "9999999999"),
    ("es_ccc", "-", "es.ccc", "99999999999999999999"),
    ("es_cups", "-", "es.cups", "ES9999999999999999AA{|9[FPRCXYZA]}"),
    ("es_catastro", "-", "es.referenciacatastral", "9999999XX9999X9999AA"),
    ("gr_amka", "-", "gr.amka", "d99999"),
    ("gr_afm", "-", "gr.vat", "{|EL|GR}999999999"),
    ("it_iva", "-", "it.iva", "{|IT}9999999[01]999"),
    ("mt_vat", "-", "mt.vat", "{|MT}99999999"),
    ("pt_cc", "-", "pt.cc", "999999999XX9"),
    ("pt_nif", "-", "pt.nif", "{|PT}999999999"),
    # east
    ("al_nipt", "-", "al.nipt", "{|[A]L}A99999999A"),
    ("bg_egn", "-", "bg.egn", "{y9999|99[45]9[012]99999}"),
    ("bg_pnf", "-", "bg.pnf", "9999999999"),
    ("bg_vat", "-", "bg.vat", "{|BG}{999999999|9999999999}"),
    ("by_unp", "-", "by.unp", "{999999999|[ABCEHKMOPT][ABCEHKMOPT]9999999|A99999999}"),
    ("cz_rc", "-", "cz.rc", "{y9999|99[56]9[012]99999|y999}"),
    ("cz_rc", "-", "sk.rc", "{y9999|99[56]9[012]99999|y999}"),
    ("cz_dic", "-", "cz.dic", "{|CZ}{99999999|699999999|y9999}"),
    ("hr_oib", "-", "hr.oib", "{|HR}99999999999"),
    ("hu_anum", "-", "hu.anum", "{|HU}99999999"),
    ("pl_nip", "-", "pl.nip", "{|PL}9999999999"),
    ("pl_pesel", "-", "pl.pesel", "{y99999|99[2-9]9[012]999999}"),
    ("pl_regon", "-", "pl.regon", "{999999999|99999999999999}"),
    ("ro_cnp", "-", "ro.cnp", "9y999999"),
    ("ro_cui", "-", "ro.cf", "{|RO}{999999|9999999|9999999999}"),
    ("ro_onrc", "-", "ro.onrc", "[JFCA]{9|[012345]9}/{99|9999}/{20|19}[9012]9"),
    ("si_ddv", "-", "si.ddv", "{|SI}99999999"),
    ("si_emso", "-", "si.emso", "99[01]9[90]99999999"),
    ("sk_dph", "-", "sk.dph", "{|SK}9999999999"),
    # orient
    ("md_idno", "-", "md.idno", "9999999999999"),
    ("me_pib", "-", "me.pib", "99999999"),
    ("mk_edb", "-", "mk.edb", "{|MK}9999999999999"),
    ("ru_inn", "-", "ru.inn", "{9999999999|999999999999}"),
    ("rs_pib", "-", "rs.pib", "999999999"),
    ("tr_kimlik", "-", "tr.tckimlik", "99999999999"),
    ("tr_vkn", "-", "tr.vkn", "9999999999"),
    ("ua_edrpou", "-", "ua.edrpou", "99999999"),
    ("ua_rntrc", "-", "ua.rntrc", "9999999999"),
    # the Americas
    ("ar_cuit", "1", "ar.cuit", "2{0|3|4|5|7}999999999"),
    ("ar_cuit", "2", "ar.cuit", "3{0|3|4|5}999999999"),
    ("ar_sube", "-", "luhn", "{6061|6061|6062}999999999999"),
    ("cl_rut", "-", "cl.rut", "{9999999|99999999}-{9|K}"),
    ("co_nit", "1", "co.nit", "{9999999|99999999|[1-7]999999999|9999999999}9"),
    ("co_nit", "2", "co.nit", "{8|9}999999999"),
    ("mx_curp", "-", "mx.curp", "AAAAy[HM]{AS|DF|JC|NE|ZS|XX}AAAX9"),
    ("mx_rfc", "-", "mx.rfc", "{AAAA|AAA}yXX{9|[A]}"),
    ("ar_cbu", "-", "ar.cbu", "9999999999999999999999"),
    ("ca_bn", "-", "ca.bn", "999999999{|R[CMPTX]9999}"),
    ("cr_cpf", "-", "cr.cpf", "{0[19]99999999|9999999999}"),
    ("cr_cpj", "-", "cr.cpj", "{3101999999|[2345][01][0-4][0-9]999999}"),
    ("cr_cr", "-", "cr.cr", "{1|9}9999999999{|9}"),
    ("cu_ni", "-", "cu.ni", "y99999"),
    ("do_cedula", "-", "do.cedula", "99999999999"),
    ("do_rnc", "-", "do.rnc", "999999999"),
    ("ec_ci", "-", "ec.ci", "[0123]999999999"),
    ("ec_ruc", "-", "ec.ruc", "{[012]999999999001|[012]969999990001|[012]999999999999|[012]999999999000}"),
    ("gt_nit", "-", "gt.nit", "[1-9]999999{9|K}"),
    ("pe_cui", "-", "pe.cui", "99999999{9|[A-K]}"),
    ("pe_ruc", "-", "pe.ruc", "{10|15|17|20|99}999999999"),
    ("py_ruc", "-", "py.ruc", "{99999999|999999999|999999}"),
    ("sv_nit", "-", "sv.nit", "[019]999d{9999|0999|1009}"),
    ("uy_rut", "-", "uy.rut", "[012]9999999{001|009}9"),
    ("ve_rif", "-", "ve.rif", "[VEJPGA]999999999"),
    ("us_atin", "-", "us.atin", "9{99|93}{93|99}9999"),
    ("us_ein", "-", "us.ein", "999999999"),
    ("us_ptin", "-", "us.ptin", "[PQ]99999999"),
    ("us_rtn", "-", "us.rtn", "[01236]99999999"),
    # Asia
    ("cn_ric", "-", "cn.ric", "{110101|310104|440106|510104|650102|999999}Y999X"),
    ("cn_uscc", "-", "cn.uscc", "99999999XXXXXXXXXX"),
    ("id_npwp", "-", "id.npwp", "999999999999999"),
    ("il_id", "-", "il.idnr", "999999999"),
    ("il_id", "1", "il.hp", "{5|9}99999999"),
    ("in_epic", "-", "in_.epic", "AAA9999999"),
    ("in_gstin", "-", "in_.gstin", "[0123]9AAA[ABCFGHJKLPTZ]A9999AXZX"),
    ("jp_cn", "-", "jp.cn", "9999999999999"),
    ("kr_brn", "-", "kr.brn", "9999999999"),
    ("kr_rrn", "-", "kr.rrn", "y9999999"),
    ("my_nric", "-", "my.nric", "y999999"),
    ("pk_cnic", "-", "pk.cnic", "9999999999999"),
    ("sg_uen", "-", "sg.uen", "{99999999A|{19|20}9999999A|[RST][012]9{LL|PF|CC|ZZ}9999A}"),
    ("th_pin", "-", "th.pin", "9999999999999"),
    ("th_pin", "1", "th.moa", "{0|9}999999999999"),
    ("tw_ubn", "-", "tw.ubn", "99999999"),
    ("vn_mst", "-", "vn.mst", "9999999999{|999}"),
    # Africa and the Pacific
    ("au_abn", "-", "au.abn", "99999999999"),
    ("au_acn", "-", "au.acn", "999999999"),
    ("gh_tin", "-", "gh.tin", "[PCGQVA]0099999999"),
    ("ke_pin", "-", "ke.pin", "[APB]999999999A"),
    ("ma_ice", "-", "ma.ice", "999999999999999"),
    ("mu_nid", "-", "mu.nid", "Ad999999X"),
    ("nz_ird", "-", "nz.ird", "{99999999|099999999|1[0-4]9999999}"),
    ("nz_bank", "-", "nz.bankaccount",
     "{010242|060101|083001|123011|389000|030104|110001}{9999999|0999999}{99|099}"),
    ("tn_mf", "-", "tn.mf", "9999999A{|[APBDN][MPCNE]{000|999}}"),
    ("za_id", "-", "za.idnr", "y9999[01]99"),
    ("za_tin", "-", "za.tin", "[012398]999999999"),
    # securities, devices, crypto-currencies
    ("isin", "-", "isin", "{US|DE|GB|QQ}XXXXXXXXX9"),
    ("cusip", "-", "cusip", "XXXXXXXX9"),
    ("sedol", "-", "gb.sedol", "{9999999|[BCDFGHJKLM]XXXXX9}"),
    ("figi", "-", "figi", "{BBG|KKG|GGG}000XXXXX9"),
    ("lei", "-", "lei", "XXXXXXXXXXXXXXXXXX99"),
    ("sepa_creditor", "-", "eu.at_02", "{ES|DE|FR}99ZZZ{99999999A|99999999999}"),
    ("imei", "-", "imei", "999999999999999"),
    ("imsi", "-", "imsi", "{310150|262011|460001|100001}999999999"),
    ("mac", "-", "mac", "{00:50:56|D0:50:99|[0-9A-F][0-9A-F]:50:99}:[0-9A-F][0-9A-F]:[0-9A-F][0-9A-F]:[0-9A-F][0-9A-F]"),
    ("crypto", "-", "bitcoin", "{1|3|bc1}XXXXXXXXXXXXXXXXXXXXXXXXXX"),
]


def born_later(y, m, d):
    return datetime.date(y, m, d) > datetime.date.today()


def number_is_of(value, places):
    return int(value[:2]) in places


def chinese_place_is_gone(v):
    from stdnum import numdb
    return not numdb.get("cn/loc").info(v[:6])[0][1]


def new_zealand_branch_is_gone(v):
    from stdnum import numdb
    found = {}
    for _nr, more in numdb.get("nz/banks").info(v):
        found.update(more)
    return "branch" not in found or v[:2] == "31"


def manufacturer_is_unknown(v):
    from stdnum import mac
    return not mac.is_valid(v, validate_manufacturer=True)


def mexican_word_is_barred(module, v):
    return v[:4] in getattr(module_of("mx." + module), "_name_blacklist")


# (check, parameter): (a disagreement is meant when this holds, why).
DIFFERS = {
    ("dk_cpr", "-"): (lambda v: True if v[6] in "456789" else int(v[4:6]) >= 20,
                      "births in the future: a check knows no clock"),
    ("no_fnr", "-"): (lambda v: int(v[4:6]) < 40 and int(v[6:9]) >= 500,
                      "births in the future: a check knows no clock"),
    ("fi_hetu", "-"): (lambda v: v[6] in "BCDEFYXWVU", "signs of the century of decree 690/2022"),
    ("se_orgnr", "-"): (lambda v: v[2] < "2", "a third digit below 2 is a person's (1974:174)"),
    ("se_pnr", "-"): (lambda v: int(v[-7:-5]) > 60 or (len(v) == 13 and v[:2] not in ("18", "19", "20")),
                      "coordination numbers (1991:481 § 18 b); centuries from the 1800s on"),
    ("at_fn", "-"): (lambda v: True, "stdnum has no check letter (Firmenbuchgesetz § 30)"),
    ("be_nn", "-"): (lambda v: int(v[2:4]) % 20 > 12 or int(v[2:4]) > 52 or int(v[4:6]) > 31 or
                     int(v[:2]) > datetime.date.today().year % 100,
                     "months and days of the arrêté royal du 3 avril 1984; births in the future"),
    ("be_vat", "-"): (lambda v: v.replace("BE", "")[0] > "1", "begins with 0 or 1 (arrêté royal du 24 juin 2003)"),
    ("fr_tva", "-"): (lambda v: v[-9:-6] == "000", "Monaco is a definition of its own"),
    ("gb_upn", "-"): (lambda v: 201 <= int(v[1:4]) <= 938, "authorities come and go: their range only"),
    ("ar_cuit", "1"): (lambda v: v[:2] in ("25", "26"), "prefixes 25 and 26 are people's too (ARCA)"),
    ("ar_cuit", "2"): (lambda v: v[0] == "5", "50, 51 and 55 are nobody's within the country (ARCA)"),
    ("co_nit", "1"): (lambda v: len(v) == 10 and v[0] in "89", "organizations are a definition of their own"),
    ("co_nit", "2"): (lambda v: v[0] not in "89", "people are a definition of their own"),
    ("es_nif", "-"): (lambda v: not v[0].isdigit() and v[0] not in "KLM",
                      "NIE and CIF are definitions of their own"),
    ("mx_curp", "-"): (lambda v: v[10] == "X" or mexican_word_is_barred("curp", v),
                       "X for the sex (DOF 18/10/2021); barred words are not looked up"),
    ("mx_rfc", "-"): (lambda v: v[-1] not in DIGITS + "A" or mexican_word_is_barred("rfc", v),
                      "the last place is a check digit (SAT); barred words are not looked up"),
    ("es_catastro", "-"): (lambda v: sum(c.isdigit() for c in v) < 5, "five digits at least"),
    ("al_nipt", "-"): (lambda v: v.replace("AL", "", 1)[0] == "M", "the letter of the 2020s"),
    ("lv_pk", "-"): (lambda v: v[0] > "3", "persons only"),
    ("ro_cui", "-"): (lambda v: len(v.replace("RO", "")) == 13, "CNP is a definition of its own"),
    ("ro_onrc", "-"): (lambda v: int(v[-4:]) > datetime.date.today().year, "a check knows no clock"),
    ("cr_cpf", "-"): (lambda v: v[1] == "0", "the first digit is a province, 1 to 9"),
    ("do_cedula", "-"): (lambda v: False, ""),
    ("pe_cui", "-"): (lambda v: False, ""),
    ("us_atin", "-"): (lambda v: v[0] != "9" or v[3:5] != "93", "stdnum knows the dashes only (IRS, Form W-7A)"),
    ("us_rtn", "-"): (lambda v: not (int(v[:2]) <= 12 or 21 <= int(v[:2]) <= 32 or 61 <= int(v[:2]) <= 72 or
                                     v[:2] == "80") or v[:8] == "00000000", "districts of 12 CFR 229 appendix A"),
    ("cn_ric", "-"): (lambda v: chinese_place_is_gone(v) or not 1800 <= int(v[6:10]) < 2100,
                      "provinces only: counties change yearly; years from 1800 to 2099"),
    ("in_gstin", "-"): (lambda v: v[:2] in ("38", "97") or v[7:11] == "0000", "Ladakh and other territory (GSTN)"),
    ("kr_brn", "-"): (lambda v: True, "stdnum has no check digit (국세청)"),
    ("kr_rrn", "-"): (lambda v: v[6] in "3478" and v[:4] >= "2010", "random since October 2020 (주민등록법 시행규칙)"),
    ("tw_ubn", "-"): (lambda v: True, "multiples of 5 since 2023 (財政部)"),
    ("sg_uen", "-"): (lambda v: v[0].isdigit() and not 1800 <= int(v[:4]) < datetime.date.today().year or
                      v[0] == "T" and int(v[1:3]) > datetime.date.today().year % 100,
                      "years from 1800 on; a check knows no clock"),
    ("sepa_creditor", "-"): (lambda v: v[:2] not in ("ES", "DE", "FR") or not v[2:4].isdigit(),
                             "stdnum does not look at the country (EPC262-08)"),
    ("mac", "-"): (lambda v: int(v[1], 16) % 2 == 1 or manufacturer_is_unknown(v),
                   "groups are no devices; manufacturers are not looked up"),
    ("crypto", "-"): (lambda v: v.lower() != v and v.upper() != v and v[:3].lower() == "bc1",
                      "mixed case is not allowed (BIP-173)"),
    ("nz_bank", "-"): (new_zealand_branch_is_gone, "branches are not looked up; bank 31 has no check digit"),
}
# Of these only "ours takes it, stdnum does not" is an error: stdnum's rule is the wider one.
NARROWER = {"at_fn", "kr_brn", "ar_sube", "fr_spi"}
# Of these only "stdnum takes it, ours does not" is an error.
WIDER = {"tw_ubn", "imsi"}


def day():
    return datetime.date(1900, 1, 1) + datetime.timedelta(days=random.randrange(46000))


def one_of(text):
    """The members of a character class, with ranges."""
    out = ""
    i = 0
    while i < len(text):
        if i + 2 < len(text) and text[i + 1] == "-":
            out += "".join(chr(c) for c in range(ord(text[i]), ord(text[i + 2]) + 1))
            i += 3
        else:
            out += text[i]
            i += 1
    return random.choice(out)


def closing(template, start):
    depth = 0
    for i in range(start, len(template)):
        depth += {"{": 1, "}": -1}.get(template[i], 0)
        if depth == 0:
            return i
    raise ValueError(template)


def alternatives(text):
    parts = [""]
    depth = 0
    for c in text:
        depth += {"{": 1, "}": -1}.get(c, 0)
        if c == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def fill(template):
    """A random value of a template."""
    random_of = {"9": lambda: random.choice(DIGITS), "A": lambda: random.choice(LETTERS),
                 "X": lambda: random.choice(DIGITS + LETTERS), "y": lambda: day().strftime("%y%m%d"),
                 "Y": lambda: day().strftime("%Y%m%d"), "d": lambda: day().strftime("%d%m%y")}
    out = ""
    i = 0
    while i < len(template):
        c = template[i]
        if c == "[":
            end = template.index("]", i)
            out += one_of(template[i + 1:end])
            i = end + 1
        elif c == "{":
            end = closing(template, i)
            choice = random.choice(alternatives(template[i + 1:end]))
            out += fill(choice)
            i = end + 1
        else:
            out += random_of[c]() if c in random_of else c
            i += 1
    return out


def finish_ccc(v, m):
    return v[:8] + m.calc_check_digits(v) + v[10:]


def finish_cbu(v, m):
    return v[:7] + m.calc_check_digit(v[:7]) + v[8:21] + m.calc_check_digit(v[8:21])


def finish_regon(v, m):
    v = v[:8] + m.calc_check_digit(v[:8]) + v[9:]
    return v if len(v) == 9 else v[:13] + m.calc_check_digit(v[:13])


def finish_bitcoin(v, m):
    """An address of random bytes, of the kind that the template's first character says."""
    program = [random.randrange(256) for _ in range(20)]
    if v[0] == "b":
        bits = "".join("{:08b}".format(b) for b in program)
        data = [0] + [int(bits[i:i + 5], 2) for i in range(0, 160, 5)]
        rest = m.bech32_checksum([3, 3, 0, 2, 3] + data + [0] * 6) ^ 1
        data += [rest >> 5 * (5 - i) & 31 for i in range(6)]
        return "bc1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[d] for d in data)
    body = bytes([0 if v[0] == "1" else 5] + program)
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number = int.from_bytes(body, "big")
    out = ""
    while number > 0:
        number, digit = divmod(number, 58)
        out = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + out
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + out


# How to complete what is found by trying too seldom.
FINISH = {
    "bitcoin": finish_bitcoin,
    "es.ccc": finish_ccc,
    "ar.cbu": finish_cbu,
    "pl.regon": finish_regon,
    "es.cups": lambda v, m: v[:18] + m.calc_check_digits(v) + v[20:],
    "es.referenciacatastral": lambda v, m: v[:18] + m.calc_check_digits(v),
    "cn.uscc": lambda v, m: v[:17] + m.calc_check_digit(v[:17]) if not set("IOSVZ") & set(v) else v,
    "cn.ric": lambda v, m: v[:17] + m.calc_check_digit(v),
    "no.fodselsnummer": lambda v, m: (lambda a: a + m.calc_check_digit2(a))(v[:9] + m.calc_check_digit1(v)),
    "ru.inn": lambda v, m: v[:-1] + m.calc_company_check_digit(v) if len(v) == 10
    else v[:10] + m.calc_personal_check_digits(v),
    "tr.tckimlik": lambda v, m: v[:9] + m.calc_check_digits(v),
    "au.abn": lambda v, m: m.calc_check_digits(v[2:]) + v[2:],
    "lu.tva": lambda v, m: v[:-2] + m.calc_check_digits(v[-8:-2]),
}


def module_of(name):
    return importlib.import_module("stdnum." + name)


def is_valid(module, value):
    try:
        return bool(module.is_valid(value))
    except Exception:  # some of stdnum's modules fail on letters where they expect digits
        return False


def make(kind):
    """A value of the kind, finished where we know how."""
    value = fill(kind[3])
    finish = FINISH.get(kind[2])
    return finish(value, module_of(kind[2])) if finish else value


def make_valid(kind, tries=5000):
    module = module_of(kind[2])
    for _ in range(tries):
        value = make(kind)
        if is_valid(module, value):
            return value
    raise ValueError("no valid %s in %d tries" % (kind[:3], tries))


def mutate(value):
    """One character changed within its class, or two neighbours of one class swapped."""
    i = random.randrange(len(value) - 1)
    if random.random() < 0.3 and value[i].isdigit() == value[i + 1].isdigit() and value[i + 1].isalnum():
        return value[:i] + value[i + 1] + value[i] + value[i + 2:] if value[i].isalnum() else value
    if not value[i].isalnum():
        return value
    return value[:i] + random.choice(DIGITS if value[i].isdigit() else LETTERS) + value[i + 1:]


def agree(kind, value, theirs, ours):
    """Whether the two verdicts agree, or differ on purpose."""
    if theirs == ours:
        return True
    if kind[0] in NARROWER:
        return theirs
    if kind[0] in WIDER:
        return ours
    differs = DIFFERS.get((kind[0], kind[1]))
    return differs is not None and differs[0](value)
