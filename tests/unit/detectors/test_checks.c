/* SPDX-License-Identifier: Apache-2.0
 * The checks against python-stdnum's verdicts (tests/data/check_vectors.tsv, written by
 * tests/oracles/make_check_vectors.py), and cases of our own for what an oracle does not have:
 * surroundings, placeholders, strengths, keys and tokens. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "detectors/checks/armour.h"
#include "detectors/checks/checks.h"

/* A value over the whole of `text` between `start` and `end`, its compact form made as the scan
 * makes it. */
static struct as_value value_at(const char *text, size_t start, size_t end)
{
    struct as_value v = {.text = (const uint8_t *)text,
                         .text_len = strlen(text),
                         .start = start,
                         .end = end,
                         .strength = AS_STRENGTH_DIGIT};
    for (size_t i = start; i < end && v.compact_len < AS_COMPACT_MAX; i++) {
        char c = text[i];
        if (c >= 'a' && c <= 'z') {
            c = (char)(c - 32);
        }
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            v.compact[v.compact_len++] = c;
        }
    }
    return v;
}

static enum as_verdict check_value(const char *check, const char *parameter, const char *text)
{
    const struct as_check *c = as_check_find(check);
    assert_non_null(c);
    struct as_value v = value_at(text, 0, strlen(text));
    if (parameter[0] != '-') {
        v.parameter = (unsigned)(parameter[0] << 8 | parameter[1]);
    }
    return c->check(&v);
}

static void checks_agree_with_the_oracle(void **state)
{
    (void)state;
    FILE *f = fopen(ASSAY_SOURCE_DIR "/tests/data/check_vectors.tsv", "r");
    assert_non_null(f);
    char check[32];
    char parameter[8];
    char value[80];
    int valid;
    size_t rows = 0;
    size_t wrong = 0;
    while (fscanf(f, "%31s\t%7s\t%79s\t%d\n", check, parameter, value, &valid) == 4) {
        rows++;
        bool ours = check_value(check, parameter, value) == AS_ACCEPT;
        if (ours != (valid == 1)) {
            wrong++;
            print_message("%s %s: oracle says %d\n", check, value, valid);
        }
    }
    fclose(f);
    assert_true(rows > 3000);
    assert_int_equal(wrong, 0);
}

static void names_that_are_unknown_are_not_found(void **state)
{
    (void)state;
    assert_null(as_check_find(""));
    assert_null(as_check_find("cards"));
    for (const struct as_check *c = as_checks; c->name != NULL; c++) {
        assert_ptr_equal(as_check_find(c->name), c);
    }
}

/* The value stands between '[' and ']'; both are taken out. */
struct bracketed {
    const char *check;
    const char *text;
    enum as_verdict verdict;
    const char *value;         /* what start..end must cover on acceptance; NULL: as bracketed */
    enum as_strength strength; /* on acceptance, when the definition says DIGIT */
};

static void run_bracketed(const struct bracketed *c)
{
    static char text[4096];
    size_t len = 0;
    size_t start = 0;
    size_t end = 0;
    for (const char *p = c->text; *p != '\0'; p++) {
        if (*p == '[') {
            start = len;
        } else if (*p == ']') {
            end = len;
        } else {
            text[len++] = *p;
        }
    }
    text[len] = '\0';
    struct as_value v = value_at(text, start, end);
    size_t want_len = c->value == NULL ? end - start : strlen(c->value);
    const char *want = c->value == NULL ? text + start : c->value;
    enum as_verdict verdict = as_check_find(c->check)->check(&v);
    if (verdict != c->verdict) {
        fail_msg("%s on %s: verdict %d", c->check, c->text, (int)verdict);
    }
    if (verdict == AS_REJECT) {
        return;
    }
    if (v.end - v.start != want_len || memcmp(text + v.start, want, want_len) != 0 ||
        (verdict == AS_ACCEPT && v.strength != c->strength)) {
        fail_msg("%s on %s: %zu..%zu, strength %d", c->check, c->text, v.start, v.end,
                 (int)v.strength);
    }
}

static void run_all(const struct bracketed *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        run_bracketed(&cases[i]);
    }
}

static void cards_among_other_numbers_are_told_apart(void **state)
{
    (void)state;
    static const struct bracketed cases[] = {
        {"card", "0.[4539945807302151]", AS_REJECT, NULL, 0},
        {"card", "[4539945807302151].25", AS_REJECT, NULL, 0},
        {"card", "12-[4539945807302151]", AS_REJECT, NULL, 0},
        {"card", "[4716 7368 1930 3641] 5555 6666", AS_REJECT, NULL, 0},
        {"card", "1234 [4716 7368 1930 3641] ab12", AS_REJECT, NULL, 0},
        {"card", "[0000000000000000]", AS_REJECT, NULL, 0},
        {"card", "[4000000000000002]", AS_PLACEHOLDER, NULL, 0},
        {"card", "a,[4539945807302151],b", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"card", "x [4716 7368 1930 3641] 12/27", AS_ACCEPT, NULL, AS_STRENGTH_STRONG},
        {"card", "paid by [4539945807302151].", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"card", "[501800000009]", AS_ACCEPT, NULL, AS_STRENGTH_STRUCTURE},
        {"card", "[135410014004955]", AS_ACCEPT, NULL, AS_STRENGTH_STRUCTURE},
    };
    run_all(cases, sizeof cases / sizeof cases[0]);
}

static void ssns_and_kin_keep_their_areas(void **state)
{
    (void)state;
    static const struct bracketed cases[] = {
        {"ssn", "[000-22-1867]", AS_REJECT, NULL, 0},
        {"ssn", "[666-22-1867]", AS_REJECT, NULL, 0},
        {"ssn", "[900-22-1867]", AS_REJECT, NULL, 0},
        {"ssn", "[536-00-1867]", AS_REJECT, NULL, 0},
        {"ssn", "[536-22-0000]", AS_REJECT, NULL, 0},
        {"ssn", "7-[536-22-1867]", AS_REJECT, NULL, 0},
        {"ssn", "[111-11-1111]", AS_PLACEHOLDER, NULL, 0},
        {"ssn", "SSN-[536-22-1867]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ssn", "[536221867]", AS_ACCEPT, NULL, AS_STRENGTH_NONE},
        {"itin", "[912-93-4411]", AS_REJECT, NULL, 0},
        {"itin", "[912-66-4411]", AS_REJECT, NULL, 0},
        {"itin", "[912-94-4411]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
    };
    run_all(cases, sizeof cases / sizeof cases[0]);
}

static void phones_take_in_what_belongs_to_them(void **state)
{
    (void)state;
    static const struct bracketed cases[] = {
        {"phone", "[1700000000]", AS_REJECT, NULL, 0},
        {"phone", "[415-155-2671]", AS_REJECT, NULL, 0},
        {"phone", "[911-555-2671]", AS_REJECT, NULL, 0},
        {"phone", "x+[14155552671]", AS_REJECT, NULL, 0},
        {"phone", "+[999123456789]", AS_REJECT, NULL, 0},
        {"phone", "1.[4155552671]", AS_REJECT, NULL, 0},
        {"phone", "[415-555-2671]-9", AS_REJECT, NULL, 0},
        {"phone", "12:[415-555-2671]", AS_REJECT, NULL, 0},
        {"phone", "3=+[14155552671]", AS_REJECT, NULL, 0},
        {"phone", "QUJD==+[14155552671]", AS_REJECT, NULL, 0},
        {"phone", "a/+[14155552671]", AS_REJECT, NULL, 0},
        {"phone", "[212-555-0142]", AS_PLACEHOLDER, NULL, 0},
        {"phone", "+[1 212 555 0199]", AS_PLACEHOLDER, "+1 212 555 0199", 0},
        {"phone", "[212-555-0242]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"phone", "phone:[415-555-2671]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"phone", "\"tel\":[4155552671]}", AS_ACCEPT, NULL, AS_STRENGTH_NONE},
        {"phone", "tel2=+[14155552671]", AS_ACCEPT, "+14155552671", AS_STRENGTH_DIGIT},
        {"phone", "phone=+[14155552671]", AS_ACCEPT, "+14155552671", AS_STRENGTH_DIGIT},
        {"phone", "&tel=+[442079460958]&", AS_ACCEPT, "+442079460958", AS_STRENGTH_DIGIT},
        {"phone", "tel=+[44 20 7946 0958]", AS_ACCEPT, "+44 20 7946 0958", AS_STRENGTH_DIGIT},
        {"phone", "[4155552671]", AS_ACCEPT, NULL, AS_STRENGTH_NONE},
        {"phone", "[415 555 2671]", AS_ACCEPT, NULL, AS_STRENGTH_NONE},
        {"phone", "[415-555-2671]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"phone", "([415) 555-2671]", AS_ACCEPT, "(415) 555-2671", AS_STRENGTH_DIGIT},
        {"phone", "+46 ([0)8 928 571 38]", AS_ACCEPT, "+46 (0)8 928 571 38", AS_STRENGTH_DIGIT},
        {"phone", "+1 ([415) 555-2671]", AS_ACCEPT, "+1 (415) 555-2671", AS_STRENGTH_DIGIT},
        {"phone", "+[44 20 7946 0958]", AS_ACCEPT, "+44 20 7946 0958", AS_STRENGTH_DIGIT},
        {"phone", "tel:+[14155552671]", AS_ACCEPT, "+14155552671", AS_STRENGTH_DIGIT},
    };
    run_all(cases, sizeof cases / sizeof cases[0]);
}

static void addresses_are_not_versions(void **state)
{
    (void)state;
    static const struct bracketed cases[] = {
        {"ipv4", "[1.2.3.256]", AS_REJECT, NULL, 0},
        {"ipv4", "[1.02.3.4]", AS_REJECT, NULL, 0},
        {"ipv4", "[1.3.6.1].4", AS_REJECT, NULL, 0},
        {"ipv4", "version: [93.184.216.34]", AS_REJECT, NULL, 0},
        {"ipv4", "[255.255.255.0]", AS_REJECT, NULL, 0},
        {"ipv4", "Chrome/[131.0.0.0] Safari", AS_REJECT, NULL, 0},
        {"ipv4", "(My-App.x/[93.184.216.34])", AS_REJECT, NULL, 0},
        {"ipv4", "http://[10.1.2.3]/", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv4", "http://a.org/[10.1.2.3]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv4", "GET /[10.1.2.3]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv4", "GET /host/[10.1.2.3]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv4", "node-7.lan/[10.1.2.3]:8020", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv4", "[127.0.0.1]", AS_PLACEHOLDER, NULL, 0},
        {"ipv4", "[192.0.2.44]", AS_TEST_VALUE, NULL, 0},
        {"ipv4", "[2.11.4.1]", AS_ACCEPT, NULL, AS_STRENGTH_NONE},
        {"ipv4", "[10.1.2.3]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv4", "([93.184.216.34])", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv6", "[12:34:56]", AS_REJECT, NULL, 0},
        {"ipv6", "[00:1b:44:11:3a:b7]", AS_REJECT, NULL, 0},
        {"ipv6", "st[d::a]bc", AS_REJECT, NULL, 0},
        {"ipv6", "[::]", AS_REJECT, NULL, 0},
        {"ipv6", "[1::2::3]", AS_REJECT, NULL, 0},
        {"ipv6", "[1:2:3:4:5:6:7:8:9]", AS_REJECT, NULL, 0},
        {"ipv6", "[::1]", AS_PLACEHOLDER, NULL, 0},
        {"ipv6", "[2001:db8::7]", AS_TEST_VALUE, NULL, 0},
        {"ipv6", "[fe80::1].", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv6", "[::ffff:93.184.216.34]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"ipv6", "[2606:4700:20:0:0:0:681a:6e:]", AS_ACCEPT, "2606:4700:20:0:0:0:681a:6e",
         AS_STRENGTH_STRONG},
    };
    run_all(cases, sizeof cases / sizeof cases[0]);
}

static void dates_of_all_orders_are_read(void **state)
{
    (void)state;
    static const struct bracketed cases[] = {
        {"birth_date", "[30/02/1980]", AS_REJECT, NULL, 0},
        {"birth_date", "[1980-13-01]", AS_REJECT, NULL, 0},
        {"birth_date", "[29-02-1981]", AS_REJECT, NULL, 0},
        {"birth_date", "[12 Mob 1980]", AS_REJECT, NULL, 0},
        {"birth_date", "[1850-03-12]", AS_REJECT, NULL, 0},
        {"birth_date", "/[2020/01/02]/", AS_REJECT, NULL, 0},
        {"birth_date", "[2036-03-12]", AS_REJECT, NULL, 0},
        {"birth_date", "[2024-03-01T12]:33:11Z", AS_REJECT, NULL, 0},
        {"birth_date", "[2024-03-01] 12:33:11", AS_REJECT, NULL, 0},
        {"birth_date", "0.2.0 ([2011-02-14])", AS_REJECT, NULL, 0},
        {"birth_date", "12.03.80 ([1980-03-12])", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "10.0.0.1 ([1980-03-12])", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[20240301] 12:33:11", AS_REJECT, NULL, 0},
        {"birth_date", "[01/Mar/2024]:12:33:11 +0000", AS_REJECT, NULL, 0},
        {"birth_date", "[2024-03-01T00]:00:01Z", AS_REJECT, NULL, 0},
        {"birth_date_month_first", "[March ]12, 1980 10:11:12", AS_REJECT, NULL, 0},
        {"birth_date", "[1980-03-12] 00:00:00", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[1980-03-12] 12 Elm Street", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[2035-03-12]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[29-02-1980]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[31/12/80]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[19800312]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[12th March 1980]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[12 de marzo de 1980]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[12-Okt-1980]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[Mar 12 1980]", AS_ACCEPT, NULL, AS_STRENGTH_DIGIT},
        {"birth_date", "[1980-03-12T00]:00", AS_ACCEPT, "1980-03-12", AS_STRENGTH_DIGIT},
        {"birth_date_month_first", "[March ]32, 1980", AS_REJECT, NULL, 0},
        {"birth_date_month_first", "in [may ]be", AS_REJECT, NULL, 0},
        {"birth_date_month_first", "[Sept. ]3rd 1971", AS_ACCEPT, "Sept. 3rd 1971",
         AS_STRENGTH_DIGIT},
    };
    run_all(cases, sizeof cases / sizeof cases[0]);
}

static void tokens_need_their_form_and_fillers_are_set_apart(void **state)
{
    (void)state;
    static const struct bracketed cases[] = {
        {"github", "[ghp_]9qFVVZ7yUZTFS3ClWogECyCiLLUzjH29IlM", AS_REJECT, NULL, 0},
        {"github", "[ghp_]9qFVVZ7yUZTFS3ClWogECyCiLLUzjH29IlMNx", AS_REJECT, NULL, 0},
        {"github", "[ghp_]9qFVVZ7yUZTFS3ClWogECyCiLLUzjH29IlMN", AS_ACCEPT,
         "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", AS_STRENGTH_DIGIT},
        {"github", "[ghp_]9qFVVZ7yUZTFS3ClWogECyCiLLUzjH29IlMM", AS_ACCEPT,
         "ghp_9qFVVZ7yUZTFS3ClWogECyCiLLUzjH29IlMM", AS_STRENGTH_STRUCTURE},
        {"github", "[ghp_]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", AS_PLACEHOLDER,
         "ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0},
        {"aws_key_id", "[AKIA]HFRLLWTON3ERXEC1", AS_REJECT, NULL, 0},
        {"aws_key_id", "[AKIA]HFRLLWTON3EXAMPLE", AS_REJECT, NULL, 0},
        {"aws_key_id", "[AKIA]IOSFODNN7EXAMPLE", AS_PLACEHOLDER, "AKIAIOSFODNN7EXAMPLE", 0},
        {"aws_secret", "[2fd4e1c67a2d28fced849ee1bb76e7391b93eb12]", AS_REJECT, NULL, 0},
        {"aws_secret", "[SomeVeryLongJavaClassNameForFactoryBean12]", AS_REJECT, NULL, 0},
        {"aws_secret", "amazonaws.[com/AmazonS3/latest/dev/UploadingObjects].html", AS_REJECT, NULL,
         0},
        {"aws_secret", "[AwsEc2VpcPeeringConnectionVpcInfoDetails]", AS_REJECT, NULL, 0},
        {"aws_secret", "x.[N64+/jSkOiGo0li47XQZLjH+xEdw2Kten31SdaSw]", AS_REJECT, NULL, 0},
        {"aws_secret", "[N64+/jSkOiGo0li47XQZLjH+xEdw2Kten31SdaSw].a", AS_REJECT, NULL, 0},
        {"aws_secret", "[N64+/jSkOiGo0li47XQZLjH+xEdw2Kten31SdaSw].", AS_ACCEPT,
         "N64+/jSkOiGo0li47XQZLjH+xEdw2Kten31SdaSw", AS_STRENGTH_DIGIT},
        {"aws_secret", "[K=N64+/jSkOiGo0li47XQZLjH+xEdw2Kten31SdaSw]", AS_ACCEPT,
         "N64+/jSkOiGo0li47XQZLjH+xEdw2Kten31SdaSw", AS_STRENGTH_DIGIT},
        {"basic_auth", "basic: [Basic ]cm9vdDpodW50ZXIy", AS_REJECT, NULL, 0},
        {"basic_auth", "authorization: [Basic ]cm9vdDpodW50ZXIy,", AS_ACCEPT, "cm9vdDpodW50ZXIy",
         AS_STRENGTH_DIGIT},
        {"jwt", "a.[eyJ]hbGciOiJub25lIn0.eyJzdWIiOiI3In0.", AS_REJECT, NULL, 0},
        {"jwt", "[eyJ]hbGciOiJub25lIn0.eyJzdWIiOiI3In0.", AS_ACCEPT,
         "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.", AS_STRENGTH_DIGIT},
        {"basic_auth", "x = \"[Basic ]cm9vdDpodW50ZXIy\"", AS_ACCEPT, "cm9vdDpodW50ZXIy",
         AS_STRENGTH_DIGIT},
        {"basic_auth", "x = \"[Basic ]Information\"", AS_REJECT, NULL, 0},
        {"email", "to=a.b[%40]x.com&", AS_ACCEPT, "a.b%40x.com", AS_STRENGTH_DIGIT},
        {"email", "a..b[@]x.com", AS_REJECT, NULL, 0},
        {"email", "icon[@]2x.png", AS_REJECT, NULL, 0},
        {"email", "ssh://git[@]host.org/x", AS_REJECT, NULL, 0},
        {"email", "https://u:p[@]host.org/x", AS_REJECT, NULL, 0},
        {"email", "jane[@]Example.com", AS_PLACEHOLDER, "jane@Example.com", 0},
        {"email", "jane[%40]mail.example.org,", AS_PLACEHOLDER, "jane%40mail.example.org", 0},
        {"email", "jane[@]host.test", AS_PLACEHOLDER, "jane@host.test", 0},
        {"email", "jane[@]my.localhost", AS_PLACEHOLDER, "jane@my.localhost", 0},
        {"email", "jane[@]myexample.com", AS_ACCEPT, "jane@myexample.com", AS_STRENGTH_DIGIT},
        {"email", "jane[@]example.com.br", AS_ACCEPT, "jane@example.com.br", AS_STRENGTH_DIGIT},
        {"email", "q=jo.e+x[@]mail.co.uk.", AS_ACCEPT, "jo.e+x@mail.co.uk", AS_STRENGTH_DIGIT},
    };
    run_all(cases, sizeof cases / sizeof cases[0]);
}

static void keys_that_are_cut_off_are_weaker_but_found(void **state)
{
    (void)state;
    static const char body[] = "MC4CAQAwBQYDK2VwBCIEINiw+JHATKrTl/xbGYC8X1Q0p5VySFOkEGeicuW5tgQt";
    char text[512];
    const struct as_check *pkcs = as_check_find("pkcs");
    snprintf(text, sizeof text, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----", body);
    struct as_value v = value_at(text, 0, 27);
    assert_int_equal(pkcs->check(&v), AS_ACCEPT);
    assert_int_equal(v.end, strlen(text));
    assert_int_equal(v.strength, AS_STRENGTH_DIGIT);
    snprintf(text, sizeof text, "-----BEGIN PRIVATE KEY-----\n%s\n", body);
    v = value_at(text, 0, 27);
    assert_int_equal(pkcs->check(&v), AS_ACCEPT);
    assert_int_equal(v.end, strlen(text) - 1);
    assert_int_equal(v.strength, AS_STRENGTH_STRUCTURE);
    v = value_at("-----BEGIN PRIVATE KEY-----\n<key>\n-----END PRIVATE KEY-----", 0, 27);
    assert_int_equal(pkcs->check(&v), AS_PLACEHOLDER);
    v = value_at("-----BEGIN PRIVATE KEY-----", 0, 27);
    assert_int_equal(pkcs->check(&v), AS_REJECT);
}

/* The body's first '+' at the end of a line, at the start of one, and string pieces joined by '+'.
 */
static void plus_in_a_key_is_data_unless_it_joins_strings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINiw+\n"
        "JHATKrTl/xbGYC8X1Q0p5VySFOkEGeicuW5tgQt\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2VwBCIEINiw+\r\n"
        "JHATKrTl/xbGYC8X1Q0p5VySFOkEGeicuW5tgQt\r\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\\n\"\n \"MC4CAQAwBQYDK2VwBCIEINiw\\n\"\n "
        "\"+JHATKrTl/xbGYC8X1Q0p5VySFOkEGeicuW5tgQt\\n\"\n \"-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\\n\" +\n \"MC4CAQAwBQYDK2VwBCIEINiw+\"+\"JHATKrTl/xbGYC8X"
        "\\n\"\n + '1Q0p5VySFOkEGeicuW5tgQt\\n' + '-----END PRIVATE KEY-----"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct as_armour body;
        struct as_value v = value_at(texts[i], 0, 27);
        size_t at = 27;
        as_armour_read(&v, &at, v.text_len, &body);
        assert_int_equal(body.symbols, 64);
        v = value_at(texts[i], 0, 27);
        assert_int_equal(as_check_find("pkcs")->check(&v), AS_ACCEPT);
        assert_int_equal(v.end, strlen(texts[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_unknown_are_not_found),
        cmocka_unit_test(checks_agree_with_the_oracle),
        cmocka_unit_test(cards_among_other_numbers_are_told_apart),
        cmocka_unit_test(ssns_and_kin_keep_their_areas),
        cmocka_unit_test(phones_take_in_what_belongs_to_them),
        cmocka_unit_test(addresses_are_not_versions),
        cmocka_unit_test(dates_of_all_orders_are_read),
        cmocka_unit_test(tokens_need_their_form_and_fillers_are_set_apart),
        cmocka_unit_test(keys_that_are_cut_off_are_weaker_but_found),
        cmocka_unit_test(plus_in_a_key_is_data_unless_it_joins_strings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
