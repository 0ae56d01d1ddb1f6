/* SPDX-License-Identifier: Apache-2.0
 * See filler.h. The thresholds are such that random values of the alphabets that vendors use (hex,
 * base 32, 36, 62 and 64) are refused less often than once in 100,000; decimal ones of ten digits
 * once in 1,000. */
#include "detectors/checks/filler.h"

#include <string.h>

#include "detectors/checks/base64.h"

/* In lower case. Long or odd enough not to stand in random text. */
static const char *const s_words[] = {
    "example", "sample",    "dummy",     "placeholder", "changeme",  "change_me",  "change-me",
    "your_",   "your-",     "yourtoken", "yourkey",     "yoursecr",  "yourapi",    "redacted",
    "replace", "insert",    "xxxxxx",    "******",      "......",    "00000000",   "11111111",
    "abcdefg", "123456789", "01234567",  "987654321",   "foobar",    "secrethere", "tokenhere",
    "keyhere", "-here",     "_here",     "thisisnota",  "notarealk", "fake_",      "fake-",
    "removed", "deadbeefd"};

static bool holds(const uint8_t *bytes, size_t len, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= len; i++) {
        size_t k = 0;
        while (k < n && to_lower(bytes[i + k]) == word[k]) {
            k++;
        }
        if (k == n) {
            return true;
        }
    }
    return false;
}

/* Of the steps from one byte to the next, those that repeat or count. */
static size_t counted_steps(const uint8_t *bytes, size_t len)
{
    size_t counted = 0;
    for (size_t i = 1; i < len; i++) {
        int step = bytes[i] - bytes[i - 1];
        counted += step >= -1 && step <= 1 ? 1 : 0;
    }
    return counted;
}

bool as_is_filler(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof s_words / sizeof s_words[0]; i++) {
        if (holds(bytes, len, s_words[i])) {
            return true;
        }
    }
    if (len < 8) {
        return false;
    }
    unsigned least = len >= 32 ? 8 : len >= 16 ? 6 : 4;
    return counted_steps(bytes, len) * 3 >= len * 2 || !is_varied(bytes, len, least);
}

bool as_is_wordy(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool small = bytes[i] >= 'a' && bytes[i] <= 'z';
        if (!small && bytes[i] != '_' && bytes[i] != '-') {
            return false;
        }
    }
    return len >= 16;
}

bool as_is_camel(const uint8_t *bytes, size_t len)
{
    size_t inside = 0;
    size_t stretch = 0;
    bool capital = false;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && bytes[i] >= 'a' && bytes[i] <= 'z') {
            stretch++;
            continue;
        }
        capital = capital || (i < len && is_upper(bytes[i]));
        inside += stretch >= 3 ? stretch : 0;
        stretch = 0;
    }
    return capital && inside * 3 >= len * 2;
}
