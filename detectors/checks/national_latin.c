/* SPDX-License-Identifier: Apache-2.0
 * National, tax and social security numbers of Argentina, Brazil, Chile, Colombia, Mexico and
 * Spain. Each rule is the issuing authority's, named at the function; the sums are national.h's. */
#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"
#include "detectors/checks/national.h"

/* `parameter` of definitions for people and for organizations. */
enum { HOLDER_PERSON = 1, HOLDER_ORGANIZATION = 2 };

/** ARGENTINA_…_TAX_IDENTIFICATION_NUMBER (CUIT, CUIL): SHAPE of 11 digits, `parameter` 1 for people
 * and 2 for organizations. Source: AFIP (ARCA), Resolución General 10/97; ANSES for the CUIL. */
enum as_verdict as_check_ar_cuit(struct as_value *v)
{
    static const uint8_t weights[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 11);
    if (s == NULL) {
        return AS_REJECT;
    }
    bool person = (s[0] == '2' && strchr("034567", s[1]) != NULL);
    bool organization = s[0] == '3' && strchr("034", s[1]) != NULL;
    bool ours = v->parameter == HOLDER_PERSON ? person : organization;
    return verdict_of(v, ours && sum_selects(s, 10, weights, "09987654321"));
}

/** ARGENTINA_TARJETA_SUBE: SHAPE of 16 digits. Source: SUBE, number of the card (issuer 6061), with
 * Luhn's digit as ISO/IEC 7812-1 has it. */
enum as_verdict as_check_ar_sube(struct as_value *v)
{
    const char *s = number_of(v, 16);
    return verdict_of(v, s != NULL && memcmp(s, "6061", 4) == 0 && luhn_ok(s, 16, 0));
}

/** BRAZIL_RG_NUMBER: SHAPE. São Paulo's form has eight digits and a check character, weights 2 to
 * 9, which raises the strength; other states have rules of their own or none. Source: IIRGD,
 * Secretaria da Segurança Pública de São Paulo; Lei 7.116/1983. */
enum as_verdict as_check_br_rg(struct as_value *v)
{
    static const uint8_t weights[8] = {2, 3, 4, 5, 6, 7, 8, 9};
    struct body b = body_of(v);
    if (b.len < 7 || !all_digits(b.s, b.len - 1) || number(b.s, b.len - 1) == 0 ||
        (b.s[b.len - 1] == 'X' && b.len != 9)) {
        return AS_REJECT;
    }
    bool formed = b.len == 9 && sum_selects(b.s, 8, weights, "0X987654321");
    v->strength = formed ? AS_STRENGTH_DIGIT : AS_STRENGTH_NONE;
    return verdict(b, is_digit(b.s[b.len - 1]) || formed);
}

/** CHILE_RUT_NUMBER: SHAPE of 7 or 8 digits and a check character, weights 2 to 7 from the right.
 * Without its hyphen, as run numbers of machines are written, the line must name it. Source:
 * Servicio de Registro Civil e Identificación; SII, dígito verificador (módulo 11). */
enum as_verdict as_check_cl_rut(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    struct body b = body_of(v);
    if ((b.len != 8 && b.len != 9) || !all_digits(b.s, b.len - 1) || number(b.s, b.len - 1) == 0 ||
        (separator_of(v) == 0 && !as_country_named(v))) {
        return AS_REJECT;
    }
    bool right = sum_selects(b.s, b.len - 1, weights + (9 - b.len), "0K987654321");
    return all_same(b.s, b.len - 1) ? AS_PLACEHOLDER : verdict(b, right);
}

/** COLOMBIA_…_NIT_NUMBER: SHAPE of 6 to 10 digits and a check digit. Organizations have nine digits
 * that begin with 8 or 9; all else is a person's. Source: DIAN, Orden Administrativa 4 de 1989. */
enum as_verdict as_check_co_nit(struct as_value *v)
{
    static const uint8_t weights[10] = {43, 41, 37, 29, 23, 19, 17, 13, 7, 3};
    struct body b = body_of(v);
    if (b.len < 7 || b.len > 11 || !all_digits(b.s, b.len) || number(b.s, b.len - 1) == 0) {
        return AS_REJECT;
    }
    bool organization = b.len == 10 && (b.s[0] == '8' || b.s[0] == '9');
    bool ours = v->parameter == (organization ? HOLDER_ORGANIZATION : HOLDER_PERSON);
    return verdict(b, ours && sum_selects(b.s, b.len - 1, weights + (11 - b.len), "01987654321"));
}

/* Place of a character in the RFC's alphabet, which counts '&' after N and Ñ last. */
static unsigned mexico_value(char c)
{
    return is_digit(c) ? digit(c) : (unsigned)(c - 'A') + (c > 'N' ? 11U : 10U);
}

/** MEXICO_…_RFC_NUMBER: SHAPE of 13 (people) or 12 (organizations). Some numbers in use fail the
 * check digit, so that a right one only raises the strength. Source: SAT, Anexo 1 of the RFC's
 * rules (homoclave and dígito verificador); Código Fiscal de la Federación, art. 27. */
enum as_verdict as_check_mx_rfc(struct as_value *v)
{
    struct body b = body_of(v);
    size_t name = b.len == 13 ? 4 : 3;
    if ((b.len != 12 && b.len != 13) || !all_digits(b.s + name, 6) || !ymd_ok(b.s + name, 2000)) {
        return AS_REJECT;
    }
    unsigned sum = b.len == 12 ? 13 * 37 : 0; /* organizations have a blank before */
    for (size_t i = 0; i + 1 < b.len; i++) {
        sum += mexico_value(b.s[i]) * (unsigned)(b.len - i);
    }
    for (size_t i = 0; i < name; i++) {
        if (!is_upper(b.s[i])) {
            return AS_REJECT;
        }
    }
    char last = b.s[b.len - 1];
    bool digits = is_digit(last) || last == 'A';
    v->strength = last == "0A987654321"[sum % 11] ? AS_STRENGTH_STRONG : AS_STRENGTH_STRUCTURE;
    return digits ? AS_ACCEPT : AS_REJECT;
}

/** MEXICO_CURP_NUMBER: SHAPE of 18. Source: RENAPO, Instructivo Normativo para la Asignación de la
 * Clave Única de Registro de Población (DOF 18/10/2021, with X for the sex). */
enum as_verdict as_check_mx_curp(struct as_value *v)
{
    static const char states[] =
        "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL "
        "QR QT SL SP SR TC TL TS VZ YN ZS ";
    struct body b = body_of(v);
    if (b.len != 18 || !all_digits(b.s + 4, 6) || strchr("HMX", b.s[10]) == NULL ||
        !is_digit(b.s[17]) || !ymd_ok(b.s + 4, is_digit(b.s[16]) ? 1900 : 2000)) {
        return AS_REJECT;
    }
    bool known = false;
    for (const char *p = states; *p != '\0'; p += 3) {
        known = known || memcmp(p, b.s + 11, 2) == 0;
    }
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) {
        sum += mexico_value(b.s[i]) * (unsigned)(18 - i);
    }
    return known && digit(b.s[17]) == (10 - sum % 10) % 10 ? AS_ACCEPT : AS_REJECT;
}

static char spanish_letter(const char *s, size_t len)
{
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number(s, len) % 23];
}

/** SPAIN_NIF_NUMBER: SHAPE, the DNI's eight digits and letter, or K, L or M, seven digits and a
 * letter. Source: Real Decreto 1065/2007, art. 19 and 20; Orden EHA/451/2008. */
enum as_verdict as_check_es_nif(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 9) {
        return AS_REJECT;
    }
    size_t letter = is_digit(b.s[0]) ? 0 : 1;
    bool kind = letter == 0 || strchr("KLM", b.s[0]) != NULL;
    if (!kind || !all_digits(b.s + letter, 8 - letter)) {
        return AS_REJECT;
    }
    bool right = b.s[8] == spanish_letter(b.s + letter, 8 - letter);
    return right && all_same(b.s + letter, 8 - letter) ? AS_PLACEHOLDER : verdict(b, right);
}

/** SPAIN_TAX_IDENTIFICATION_NUMBER (CIF): SHAPE, kind, seven digits, digit or letter. Source: Orden
 * EHA/451/2008; Decreto 2423/1975. */
enum as_verdict as_check_es_cif(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 9 || strchr("ABCDEFGHJNPQRSUVW", b.s[0]) == NULL || !all_digits(b.s + 1, 7)) {
        return AS_REJECT;
    }
    char with[9];
    memcpy(with, b.s + 1, 7);
    for (unsigned i = 0; i < 10; i++) {
        char c = "0123456789"[i];
        with[7] = c;
        if (luhn_ok(with, 8, 0)) {
            bool right = b.s[8] == c || b.s[8] == "JABCDEFGHI"[i];
            return right && all_same(b.s + 1, 7) ? AS_PLACEHOLDER : verdict(b, right);
        }
    }
    return AS_REJECT;
}

/** SPAIN_SOCIAL_SECURITY_NUMBER: SHAPE of 12 digits (people) or 11 (firms): province, serial, the
 * rest of both modulo 97. Serials below ten million are added to the province times ten million.
 * Source: Tesorería General de la Seguridad Social, Número de Seguridad Social. */
enum as_verdict as_check_es_naf(struct as_value *v)
{
    struct body b = body_of(v);
    if ((b.len != 12 && b.len != 11) || !all_digits(b.s, b.len)) {
        return AS_REJECT;
    }
    uint64_t province = number(b.s, 2);
    uint64_t serial = number(b.s + 2, b.len - 4);
    uint64_t shift = serial < 10000000 ? 10000000 : b.len == 12 ? 100000000 : 10000000;
    bool known = (province >= 1 && province <= 53) || province == 66;
    bool right = (province * shift + serial) % 97 == number(b.s + b.len - 2, 2);
    return verdict(b, known && serial != 0 && right);
}

/** BRAZIL_CEP_CODE: SHAPE of 8 digits. Codes below 01000-000 are not given out. Source: Correios,
 * Guia Postal Brasileiro, ranges of the states. */
enum as_verdict as_check_br_cep(struct as_value *v)
{
    const char *s = number_of(v, 8);
    return verdict_of(v, s != NULL && number(s, 5) >= 1000 && !as_document_is_date(s, 8));
}
