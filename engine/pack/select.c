/* SPDX-License-Identifier: Apache-2.0
 * --select and --exclude: which detectors run. A word of the list is, in this order: a set
 * (recommended, macie-recommended, all, none), a preset (pci, hipaa, gdpr), an id, a category, a
 * family, a country. Case does not matter and a blank may be written '-' or '_'. A word that names
 * nothing is an error: a typing mistake must not look like a clean scan. Pure. */
#include <string.h>

#include "pack/pack.h"

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c + ('a' - 'A'));
    }
    return (char)(c == '_' || c == '-' ? ' ' : c);
}

static bool same(const char *word, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++) {
        if (name[i] == '\0' || fold(word[i]) != fold(name[i])) {
            return false;
        }
    }
    return name[len] == '\0';
}

/* Whether a comma list of names holds the word. */
static bool listed(const char *word, size_t len, const char *names)
{
    for (const char *p = names; *p != '\0';) {
        while (*p == ' ' || *p == ',') {
            p++;
        }
        size_t n = strcspn(p, ",");
        size_t i = 0;
        while (i < n && i < len && fold(p[i]) == fold(word[i])) {
            i++;
        }
        if (n > 0 && i == n && i == len) {
            return true;
        }
        p += n;
    }
    return false;
}

static bool is_pci(const struct as_detector *d)
{
    return strncmp(d->id, "CREDIT_CARD_", 12) == 0;
}

/* The identifiers of 45 CFR 164.514(b)(2) that have a detector. */
static bool is_hipaa(const struct as_detector *d)
{
    static const char *const ids[] = {"USA_SOCIAL_SECURITY_NUMBER",
                                      "US_DRUG_ENFORCEMENT_AGENCY_NUMBER",
                                      "USA_NATIONAL_PROVIDER_IDENTIFIER",
                                      "USA_HEALTH_INSURANCE_CLAIM_NUMBER",
                                      "USA_MEDICARE_BENEFICIARY_IDENTIFIER",
                                      "USA_HEALTHCARE_PROCEDURE_CODE",
                                      "USA_NATIONAL_DRUG_CODE",
                                      "MEDICAL_DEVICE_UDI",
                                      "MEDICAL_RECORD_NUMBER",
                                      "DRIVERS_LICENSE",
                                      "OTHER_DRIVERS_LICENSE",
                                      "USA_PASSPORT_NUMBER",
                                      "BANK_ACCOUNT_NUMBER",
                                      "VEHICLE_IDENTIFICATION_NUMBER",
                                      "DATE_OF_BIRTH",
                                      "DATE_OF_BIRTH_(MONTH_FIRST)",
                                      "LATITUDE_LONGITUDE",
                                      "PHONE_NUMBER",
                                      "EMAIL_ADDRESS",
                                      "IP_ADDRESS",
                                      "IPV6_ADDRESS",
                                      NULL};
    for (size_t i = 0; ids[i] != NULL; i++) {
        if (strcmp(ids[i], d->id) == 0) {
            return true;
        }
    }
    return false;
}

/* Personal and financial data of the EEA, the UK and Switzerland, and of no particular country. */
static bool is_gdpr(const struct as_detector *d)
{
    static const char *const countries[] = {
        "Any",        "Austria",        "Belgium",     "Bulgaria",      "Croatia",
        "Cyprus",     "Czech Republic", "Denmark",     "Estonia",       "Finland",
        "France",     "Germany",        "Greece",      "Hungary",       "Iceland",
        "Ireland",    "Italy",          "Latvia",      "Liechtenstein", "Lithuania",
        "Luxembourg", "Malta",          "Netherlands", "Norway",        "Poland",
        "Portugal",   "Romania",        "Slovakia",    "Slovenia",      "Spain",
        "Sweden",     "Switzerland",    "UK"};
    if (d->category != AS_PERSONAL_INFORMATION && d->category != AS_FINANCIAL_INFORMATION) {
        return false;
    }
    for (size_t i = 0; i < AS_ARRAY_SIZE(countries); i++) {
        if (listed(countries[i], strlen(countries[i]), d->countries)) {
            return true;
        }
    }
    return false;
}

static bool is_category(const char *word, size_t len, enum as_category category)
{
    static const struct {
        const char *name;
        enum as_category category;
    } names[] = {{"CREDENTIALS", AS_CREDENTIALS},
                 {"FINANCIAL_INFORMATION", AS_FINANCIAL_INFORMATION},
                 {"financial", AS_FINANCIAL_INFORMATION},
                 {"PERSONAL_INFORMATION", AS_PERSONAL_INFORMATION},
                 {"personal", AS_PERSONAL_INFORMATION},
                 {"CUSTOM_IDENTIFIER", AS_CUSTOM_IDENTIFIER},
                 {"custom", AS_CUSTOM_IDENTIFIER}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(names); i++) {
        if (names[i].category == category && same(word, len, names[i].name)) {
            return true;
        }
    }
    return false;
}

static bool matches(const struct as_detector *d, const char *word, size_t len)
{
    if (same(word, len, "all")) {
        return true;
    }
    if (same(word, len, "recommended")) {
        return d->recommended;
    }
    if (same(word, len, "macie-recommended")) {
        return d->macie_recommended;
    }
    if (same(word, len, "pci")) {
        return is_pci(d);
    }
    if (same(word, len, "hipaa")) {
        return is_hipaa(d);
    }
    if (same(word, len, "gdpr")) {
        return is_gdpr(d);
    }
    return same(word, len, d->id) || is_category(word, len, d->category) ||
           same(word, len, d->family) || listed(word, len, d->countries);
}

/* Words that are right even where nothing matches, as in a catalog of users' packs only. */
static bool always_known(const char *word, size_t len)
{
    static const char *const words[] = {"all", "none",  "recommended", "macie-recommended",
                                        "pci", "hipaa", "gdpr"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(words); i++) {
        if (same(word, len, words[i])) {
            return true;
        }
    }
    for (int category = 0; category < AS_CATEGORY_COUNT; category++) {
        if (is_category(word, len, (enum as_category)category)) {
            return true;
        }
    }
    return false;
}

static enum as_status apply(const struct as_catalog *c, const char *list, uint8_t value,
                            uint8_t *enabled, struct as_error *err)
{
    for (const char *p = list; *p != '\0';) {
        p += strspn(p, ", \t");
        size_t len = strcspn(p, ",");
        size_t used = len;
        while (used > 0 && (p[used - 1] == ' ' || p[used - 1] == '\t')) {
            used--;
        }
        bool known = used == 0 || always_known(p, used);
        for (uint32_t i = 0; i < c->count && used > 0; i++) {
            if (matches(&c->detectors[i], p, used)) {
                enabled[i] = value;
                known = true;
            }
        }
        if (!known) {
            return as_fail(err, AS_E_USAGE,
                           "'%.*s' is no detector, category, country or preset; see "
                           "\"assay detectors list\"",
                           (int)(used > 100 ? 100 : used), p);
        }
        p += len;
    }
    return AS_OK;
}

enum as_status as_catalog_select(const struct as_catalog *c, const char *select,
                                 const char *exclude, uint8_t *out_enabled, struct as_error *err)
{
    for (uint32_t i = 0; i < c->count; i++) {
        out_enabled[i] = c->detectors[i].custom ? 1 : 0;
    }
    AS_TRY(apply(c, select == NULL ? "recommended" : select, 1, out_enabled, err));
    return exclude == NULL ? AS_OK : apply(c, exclude, 0, out_enabled, err);
}
