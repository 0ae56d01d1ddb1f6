/* SPDX-License-Identifier: Apache-2.0
 * Clocks and civil dates. The date arithmetic is the usual days-from-civil one on a 400-year era.
 */
#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/environment.h"

#include "base/attr.h"

static uint64_t read_clock(clockid_t id)
{
    struct timespec t = {0, 0};
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

uint64_t as_monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t as_thread_cpu_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t as_wall_ms(void)
{
    return (int64_t)(read_clock(CLOCK_REALTIME) / 1000000U);
}

int64_t as_stamp_ms(void)
{
    const char *fixed = as_environment("SOURCE_DATE_EPOCH");
    if (fixed != NULL && isdigit((unsigned char)fixed[0])) {
        char *end;
        unsigned long long seconds = strtoull(fixed, &end, 10);
        if (*end == '\0' && seconds < 253402300800ULL) {
            return (int64_t)seconds * 1000;
        }
    }
    return as_wall_ms();
}

int64_t as_days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = month > 2 ? (int64_t)month - 3 : (int64_t)month + 9;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *out_year, unsigned *out_month, unsigned *out_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *out_day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *out_month = (unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *out_year = year_of_era + era * 400 + (*out_month <= 2);
}

void as_format_timestamp(int64_t unix_ms, char out[AS_TIMESTAMP_SIZE])
{
    int64_t days = unix_ms / 86400000;
    int64_t rest = unix_ms % 86400000;
    if (rest < 0) {
        rest += 86400000;
        days--;
    }
    int64_t year;
    unsigned month;
    unsigned day;
    civil_from_days(days, &year, &month, &day);
    year = year < 0 ? 0 : year > 9999 ? 9999 : year;
    AS_IGNORE(snprintf(out, AS_TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
                       (unsigned)year, month, day, (unsigned)(rest / 3600000),
                       (unsigned)(rest / 60000 % 60), (unsigned)(rest / 1000 % 60),
                       (unsigned)(rest % 1000)) < 0,
              "the buffer is long enough");
}

static bool parse_number(const char **text, unsigned digits, unsigned *out)
{
    unsigned value = 0;
    for (unsigned i = 0; i < digits; i++, (*text)++) {
        if (!isdigit((unsigned char)**text)) {
            return false;
        }
        value = value * 10 + (unsigned)(**text - '0');
    }
    *out = value;
    return true;
}

bool as_parse_timestamp(const char *text, int64_t *out_unix_ms)
{
    unsigned v[6];
    static const char after[6] = {'-', '-', 'T', ':', ':', 0};
    for (unsigned i = 0; i < 6; i++) {
        if (!parse_number(&text, i == 0 ? 4 : 2, &v[i]) || (after[i] != 0 && *text++ != after[i])) {
            return false;
        }
    }
    int64_t ms = 0;
    if (*text == '.') {
        int64_t scale = 100;
        for (text++; isdigit((unsigned char)*text); text++, scale /= 10) {
            ms += (*text - '0') * scale;
        }
    }
    if (strcmp(text, "Z") != 0 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 23 ||
        v[4] > 59 || v[5] > 60) {
        return false;
    }
    int64_t seconds = as_days_from_civil(v[0], v[1], v[2]) * 86400 + (int64_t)v[3] * 3600 +
                      (int64_t)v[4] * 60 + v[5];
    *out_unix_ms = seconds * 1000 + ms;
    return true;
}

void as_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

void as_cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, unsigned ms)
{
    uint64_t until = as_monotonic_ns() + (uint64_t)ms * 1000000U;
    struct timespec t = {(time_t)(until / 1000000000U), (long)(until % 1000000000U)};
    AS_IGNORE(pthread_cond_timedwait(cond, lock, &t), "callers loop on their own condition");
}

void as_sleep_ms(unsigned ms)
{
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000L};
    AS_IGNORE(nanosleep(&t, NULL), "an early wake-up is fine");
}
