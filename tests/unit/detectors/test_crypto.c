/* SPDX-License-Identifier: Apache-2.0
 * Hashes, addresses, business identifier codes and machine-readable zones against the examples that
 * their standards print. */
#include "test.h"

#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/hashes.h"

static enum as_verdict verdict_on(as_check_fn *check, unsigned parameter, const char *text)
{
    struct as_value v = {.text = (const uint8_t *)text,
                         .text_len = strlen(text),
                         .end = strlen(text),
                         .parameter = parameter,
                         .strength = AS_STRENGTH_PROOF};
    return check(&v);
}

static void hashes_are_those_of_the_standards(void **state)
{
    (void)state;
    static const uint8_t sha[4] = {0xba, 0x78, 0x16, 0xbf};    /* FIPS 180-4, "abc" */
    static const uint8_t keccak[4] = {0xc5, 0xd2, 0x46, 0x01}; /* Keccak-256 of nothing */
    uint8_t out[AS_HASH_BYTES];
    as_check_sha256((const uint8_t *)"abc", 3, out);
    assert_memory_equal(out, sha, sizeof sha);
    as_check_keccak256((const uint8_t *)"", 0, out);
    assert_memory_equal(out, keccak, sizeof keccak);
}

static void mixed_case_of_ethereum_is_checked(void **state)
{
    (void)state;
    static const char *const right[] = {
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_int_equal(verdict_on(as_check_ethereum, 0, right[i]), AS_ACCEPT);
    }
    assert_int_equal(verdict_on(as_check_ethereum, 0, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
                     AS_REJECT);
    assert_int_equal(verdict_on(as_check_ethereum, 0, "0x0000000000000000000000000000000000000000"),
                     AS_PLACEHOLDER);
}

static void bitcoin_takes_what_its_proposals_print(void **state)
{
    (void)state;
    static const char *const right[] = {
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "BC1SW50QGDZ25J",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs"};
    static const char *const wrong[] = {
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", /* Bech32 sum, version 1
                                                                           */
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_int_equal(verdict_on(as_check_crypto, 0, right[i]), AS_ACCEPT);
        assert_int_equal(verdict_on(as_check_crypto, 1, right[i]), AS_REJECT);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(verdict_on(as_check_crypto, 0, wrong[i]), AS_REJECT);
    }
}

/* Document 9303's specimens: a passport (part 4) and a card (part 5). */
static void zones_are_those_of_the_document(void **state)
{
    (void)state;
    static const char passport[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                                   "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    static const char card[] = "I<UTOD231458907<<<<<<<<<<<<<<<\n"
                               "7408122F1204159UTO<<<<<<<<<<<6\n"
                               "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    char wrong[sizeof passport];
    memcpy(wrong, passport, sizeof wrong);
    wrong[60] = '9';
    struct as_value v = {
        .text = (const uint8_t *)passport, .text_len = sizeof passport - 1, .end = 2};
    assert_int_equal(as_check_mrz(&v), AS_ACCEPT);
    assert_int_equal(v.start, 0);
    assert_int_equal(v.end, sizeof passport - 1);
    v = (struct as_value){.text = (const uint8_t *)card, .text_len = sizeof card - 1, .end = 2};
    assert_int_equal(as_check_mrz(&v), AS_ACCEPT);
    assert_int_equal(v.end, sizeof card - 1);
    v = (struct as_value){.text = (const uint8_t *)wrong, .text_len = sizeof wrong - 1, .end = 2};
    assert_int_equal(as_check_mrz(&v), AS_REJECT);
    v = (struct as_value){.text = (const uint8_t *)passport, .text_len = 60, .end = 2};
    assert_int_equal(as_check_mrz(&v), AS_REJECT);
}

static void codes_follow_their_word(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum as_verdict verdict;
    } cases[] = {{"swift: DEUTDEFF", AS_ACCEPT},         {"swift code is DEUTDEFF500", AS_ACCEPT},
                 {"swift\":\"AGRIFRPP882\"", AS_ACCEPT}, {"swift DEUTDEFF", AS_REJECT},
                 {"swift LANGUAGE", AS_REJECT},          {"swiftly: DEUTDEFF", AS_REJECT},
                 {"swift: DEUTXXFF", AS_REJECT},         {"swift: DEUTDEFF5", AS_REJECT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct as_value v = {
            .text = (const uint8_t *)cases[i].text, .text_len = strlen(cases[i].text), .end = 5};
        assert_int_equal(as_check_bic(&v), cases[i].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_standards),
        cmocka_unit_test(mixed_case_of_ethereum_is_checked),
        cmocka_unit_test(bitcoin_takes_what_its_proposals_print),
        cmocka_unit_test(zones_are_those_of_the_document),
        cmocka_unit_test(codes_follow_their_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
