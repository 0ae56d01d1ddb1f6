/* SPDX-License-Identifier: Apache-2.0
 * See accuracy_types.h. Folding is a table of POSIX regular expressions over the upper-case name,
 * tried in order; a type that is a member of a group is never folded. Numbers are few (hundreds),
 * so that looking one up is a walk over the names. */
#include "bench/accuracy_types.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>

#include "base/mem.h"

#define GROUP_TYPES_MAX 16
#define NO_GROUP (-1)

struct group {
    const char *name;
    enum as_type_area area;
    const char *types[GROUP_TYPES_MAX];
};

static const struct group groups[] = {
    {"CREDENTIALS",
     AS_AREA_CREDENTIALS,
     {"AWS_CREDENTIALS", "AWS_ACCESS_KEY_ID", "GCP_API_KEY", "STRIPE_CREDENTIALS", "JSON_WEB_TOKEN",
      "HTTP_BASIC_AUTH_HEADER", "HTTP_BEARER_TOKEN", "HTTP_COOKIE", "PRIVATE_KEY",
      "URL_CREDENTIALS", "PASSWORD", "PASSWORD_HASH", "SECRET"}},
    {"NATIONAL_ID",
     AS_AREA_STRUCTURED,
     {"NATIONAL_ID", "TAX_ID", "USA_SOCIAL_SECURITY_NUMBER",
      "USA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"}},
    {"BANK",
     AS_AREA_STRUCTURED,
     {"BANK_ACCOUNT_NUMBER", "USA_BANK_ACCOUNT_NUMBER", "USA_BANK_ROUTING_NUMBER"}},
    {"ADDRESS", AS_AREA_NAMES, {"ADDRESS", "POSTAL_CODE"}},
    {"DATE", AS_AREA_STRUCTURED, {"DATE_OF_BIRTH"}},
    {"LICENCE", AS_AREA_STRUCTURED, {"DRIVERS_LICENSE", "PASSPORT_NUMBER", "VISA_NUMBER"}},
    {"HEALTH",
     AS_AREA_STRUCTURED,
     {"USA_NATIONAL_PROVIDER_IDENTIFIER", "US_DRUG_ENFORCEMENT_AGENCY_NUMBER",
      "HEALTH_INSURANCE_NUMBER", "USA_MEDICARE_BENEFICIARY_IDENTIFIER", "UK_NHS_NUMBER",
      "MEDICAL_RECORD_NUMBER"}},
};

#define WORD "([A-Z]+_)?"   /* a country of one word may stand before */
#define WORDS "([A-Z_]+_)?" /* a country of several */

/* Which names are which type; the first that matches counts. */
static const struct fold {
    const char *expression;
    const char *type;
} folds[] = {
    {"^AWS(_SECRET.*|_CREDENTIALS?)?$", "AWS_CREDENTIALS"},
    {"^((OPENSSH|PGP|PUTTY|SSH|RSA|EC|DSA)?_?PRIVATE_KEY.*|PKCS)$", "PRIVATE_KEY"},
    {"^JWT$", "JSON_WEB_TOKEN"},
    {"^CREDIT_CARD(_NUMBER)?(_?\\(NO_KEYWORD\\)|_NO_KEYWORD)?$", "CREDIT_CARD_NUMBER"},
    {"^(IBAN.*|[A-Z_]+_BANK_ACCOUNT_NUMBER)$", "BANK_ACCOUNT_NUMBER"},
    {"^" WORD "PHONE_NUMBER$", "PHONE_NUMBER"},
    {"^(USA?_)?(SSN|SOCIAL_SECURITY_NUMBER)$", "USA_SOCIAL_SECURITY_NUMBER"},
    {"^" WORD "DRIVERS?_LICEN[SC]E(_NUMBER)?$", "DRIVERS_LICENSE"},
    {"^" WORD "PASSPORT(_NUMBER)?$", "PASSPORT_NUMBER"},
    {"^EMAIL$", "EMAIL_ADDRESS"},
    {"^IPV?[46]?(_ADDRESS)?$", "IP_ADDRESS"},
    {"^PERSON(_NAME)?$", "NAME"},
    {"^(STREET_ADDRESS|LOCATION)$", "ADDRESS"},
    {"^(USA?_)?ITIN$", "USA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"},
    {"^" WORDS "(NATIONAL_(IDENTIFICATION|INSURANCE)|CPF|NIE|NIF|DNI|AADHAAR|PESEL|RG|"
     "CITIZEN_SERVICE|SOCIAL_INSURANCE|CURP|RUT|CITIZENSHIP_CARD)_NUMBER$",
     "NATIONAL_ID"},
    {"^SPAIN_SOCIAL_SECURITY_NUMBER$", "NATIONAL_ID"},
    {"^" WORDS "(TAX_IDENTIFICATION|TAX_FILE|CNPJ|PERMANENT_ACCOUNT|RFC|NIT)_NUMBER$", "TAX_ID"},
    {"^USA?_(DRUG_ENFORCEMENT_AGENCY_NUMBER|DEA(_NUMBER)?)$", "US_DRUG_ENFORCEMENT_AGENCY_NUMBER"},
    {"^USA?_(NPI|NATIONAL_PROVIDER_IDENTIFIER)$", "USA_NATIONAL_PROVIDER_IDENTIFIER"},
    {"^(BRAZIL_CEP_CODE|ZIP(_CODE)?)$", "POSTAL_CODE"},
    {"^" WORD "(HEALTH_INSURANCE(_CARD|_CLAIM)?|HEALTH)_NUMBER$", "HEALTH_INSURANCE_NUMBER"},
};

struct type {
    char *name;
    int group;
    enum as_type_area area;
};

struct as_type_table {
    regex_t expressions[AS_ARRAY_SIZE(folds)];
    size_t compiled;
    struct type *types;
    size_t count;
    size_t cap;
};

struct as_type_table *as_type_table_new(void)
{
    struct as_type_table *t = as_calloc(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    for (; t->compiled < AS_ARRAY_SIZE(folds); t->compiled++) {
        if (regcomp(&t->expressions[t->compiled], folds[t->compiled].expression,
                    REG_EXTENDED | REG_NOSUB) != 0) {
            as_type_table_free(t);
            return NULL;
        }
    }
    return t;
}

void as_type_table_free(struct as_type_table *t)
{
    if (t == NULL) {
        return;
    }
    for (size_t i = 0; i < t->compiled; i++) {
        regfree(&t->expressions[i]);
    }
    for (size_t i = 0; i < t->count; i++) {
        as_free(t->types[i].name);
    }
    as_free(t->types);
    as_free(t);
}

static int group_of(const char *name)
{
    for (size_t g = 0; g < AS_ARRAY_SIZE(groups); g++) {
        for (size_t i = 0; i < GROUP_TYPES_MAX && groups[g].types[i] != NULL; i++) {
            if (strcmp(groups[g].types[i], name) == 0) {
                return (int)g;
            }
        }
    }
    return NO_GROUP;
}

static const char *fold(const struct as_type_table *t, const char *name)
{
    if (group_of(name) != NO_GROUP) {
        return name;
    }
    for (size_t i = 0; i < AS_ARRAY_SIZE(folds); i++) {
        if (regexec(&t->expressions[i], name, 0, NULL, 0) == 0) {
            return folds[i].type;
        }
    }
    return name;
}

static enum as_type_area area_of(const char *name, int group)
{
    if (strcmp(name, "NAME") == 0) {
        return AS_AREA_NAMES;
    }
    return group == NO_GROUP ? AS_AREA_STRUCTURED : groups[group].area;
}

static enum as_status add(struct as_type_table *t, const char *name, uint16_t *out,
                          struct as_error *err)
{
    if (t->count == AS_TYPES_MAX) {
        return as_fail(err, AS_E_LIMIT, "labels of more than %u types", AS_TYPES_MAX);
    }
    if (t->count == t->cap) {
        size_t cap = t->cap == 0 ? 64 : t->cap * 2;
        struct type *more = as_realloc(t->types, cap, sizeof *more);
        if (more == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory");
        }
        t->types = more;
        t->cap = cap;
    }
    char *copy = as_strdup(name);
    if (copy == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    int group = group_of(name);
    t->types[t->count] = (struct type){copy, group, area_of(name, group)};
    *out = (uint16_t)t->count++;
    return AS_OK;
}

enum as_status as_type_number(struct as_type_table *t, const char *name, uint16_t *out,
                              struct as_error *err)
{
    char upper[AS_TYPE_NAME_MAX + 1];
    size_t len = strlen(name);
    if (len == 0 || len > AS_TYPE_NAME_MAX) {
        return as_fail(err, AS_E_USAGE, "a type's name has 1 to %u characters", AS_TYPE_NAME_MAX);
    }
    for (size_t i = 0; i <= len; i++) {
        char c = name[i];
        upper[i] = c == '-' || c == ' ' ? '_' : (char)toupper((unsigned char)c);
    }
    const char *folded = fold(t, upper);
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->types[i].name, folded) == 0) {
            *out = (uint16_t)i;
            return AS_OK;
        }
    }
    return add(t, folded, out, err);
}

enum as_status as_type_of_detector(struct as_type_table *t, const struct as_detector *detector,
                                   uint16_t *out, struct as_error *err)
{
    AS_TRY(as_type_number(t, detector->id, out, err));
    if (detector->category == AS_CREDENTIALS && t->types[*out].area != AS_AREA_CREDENTIALS) {
        return as_type_number(t, "SECRET", out, err);
    }
    return AS_OK;
}

size_t as_type_count(const struct as_type_table *t)
{
    return t->count;
}

const char *as_type_name(const struct as_type_table *t, uint16_t number)
{
    return t->types[number].name;
}

bool as_type_same_group(const struct as_type_table *t, uint16_t a, uint16_t b)
{
    return a == b || (t->types[a].group != NO_GROUP && t->types[a].group == t->types[b].group);
}

enum as_type_area as_type_area(const struct as_type_table *t, uint16_t number)
{
    return t->types[number].area;
}

bool as_type_in_scope(const struct as_type_table *t, const char *scope, uint16_t number)
{
    const struct type *type = &t->types[number];
    return strcmp(scope, "*") == 0 || strcmp(scope, type->name) == 0 ||
           (type->group != NO_GROUP && strcmp(scope, groups[type->group].name) == 0);
}

const char *as_type_area_name(enum as_type_area area)
{
    static const char *const names[AS_AREA_COUNT] = {"structured", "credentials",
                                                     "names and addresses"};
    return names[area];
}
