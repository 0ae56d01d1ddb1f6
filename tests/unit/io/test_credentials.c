/* SPDX-License-Identifier: Apache-2.0
 * Configuration and credentials: what is configured and cannot be used is an error that says what
 * to do and shows no secret; precedence as in the AWS CLI. */
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/s3/aws_ini.h"
#include "io/s3/credentials.h"

static const char *const variables[] = {"AWS_ACCESS_KEY_ID",
                                        "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN",
                                        "AWS_PROFILE",
                                        "AWS_DEFAULT_PROFILE",
                                        "AWS_REGION",
                                        "AWS_DEFAULT_REGION",
                                        "AWS_ENDPOINT_URL",
                                        "AWS_ENDPOINT_URL_S3",
                                        "AWS_CA_BUNDLE",
                                        "AWS_SHARED_CREDENTIALS_FILE",
                                        "AWS_CONFIG_FILE",
                                        "AWS_ROLE_ARN",
                                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                                        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"};

static char s_folder[PATH_MAX];

static const char *file_in_folder(const char *name)
{
    static char path[PATH_MAX + 64];
    assert_true(snprintf(path, sizeof path, "%s/%s", s_folder, name) > 0);
    return path;
}

static void write_file(const char *name, const char *text)
{
    int fd = open(file_in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static int clean_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(variables); i++) {
        unsetenv(variables[i]);
    }
    const char *base = getenv("TMPDIR");
    assert_true(snprintf(s_folder, sizeof s_folder, "%s/assay-aws-XXXXXX",
                         base == NULL ? P_tmpdir : base) > 0);
    assert_non_null(mkdtemp(s_folder));
    setenv("AWS_CONFIG_FILE", file_in_folder("config"), 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", file_in_folder("credentials"), 1);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(file_in_folder("config"));
    unlink(file_in_folder("credentials"));
    return rmdir(s_folder);
}

static enum as_status load(const char *profile, struct as_aws_config *c, struct as_error *err)
{
    const struct as_aws_options o = {.profile = profile};
    return as_aws_config_load(&o, c, err);
}

static void no_credentials_say_how_to_export_them(void **state)
{
    (void)state;
    struct as_aws_config c;
    struct as_error err;
    assert_int_equal(load(NULL, &c, &err), AS_E_CREDENTIALS);
    assert_non_null(strstr(err.message, "aws configure export-credentials --format env"));
    assert_non_null(strstr(err.message, "--no-sign-request"));
    assert_int_equal(load("nobody", &c, &err), AS_E_USAGE);
    const struct as_aws_options o = {.no_sign_request = true};
    assert_int_equal(as_aws_config_load(&o, &c, &err), AS_OK);
    assert_null(c.credentials.access_key_id);
    as_aws_config_fini(&c);
}

static void profile_that_needs_more_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const settings[] = {"role_arn = arn:aws:iam::1:role/r", "sso_session = corp",
                                           "sso_start_url = https://x",
                                           "credential_process = /bin/echo SECRETVALUE"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(settings); i++) {
        char text[256];
        struct as_aws_config c;
        struct as_error err;
        assert_true(snprintf(text, sizeof text, "[profile p]\n%s\n", settings[i]) > 0);
        write_file("config", text);
        assert_int_equal(load("p", &c, &err), AS_E_CREDENTIALS);
        assert_non_null(strstr(err.message, "export-credentials"));
        assert_null(strstr(err.message, "SECRETVALUE"));
    }
    setenv("AWS_ROLE_ARN", "arn", 1);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "file", 1);
    struct as_aws_config c;
    struct as_error err;
    assert_int_equal(load(NULL, &c, &err), AS_E_CREDENTIALS);
    assert_non_null(strstr(err.message, "WEB_IDENTITY"));
}

static void half_a_pair_is_an_error_and_shows_no_secret(void **state)
{
    (void)state;
    struct as_aws_config c;
    struct as_error err;
    setenv("AWS_SECRET_ACCESS_KEY", "SECRETVALUE", 1);
    assert_int_equal(load(NULL, &c, &err), AS_E_CREDENTIALS);
    assert_null(strstr(err.message, "SECRETVALUE"));
    write_file("credentials", "[default]\naws_secret_access_key = SECRETVALUE\nbroken line\n");
    assert_int_equal(load("default", &c, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, "line 3"));
    assert_null(strstr(err.message, "SECRETVALUE"));
}

static void environment_wins_unless_a_profile_is_named(void **state)
{
    (void)state;
    struct as_aws_config c;
    struct as_error err;
    setenv("AWS_ACCESS_KEY_ID", "ENVID", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "envsecret", 1);
    setenv("AWS_SESSION_TOKEN", "token", 1);
    write_file("credentials", "[default]\naws_access_key_id=FILEID\naws_secret_access_key=s/+=\n"
                              "[p]\naws_access_key_id = PID # mine\naws_secret_access_key = ps\n");
    write_file("config", "[default]\nregion = eu-west-1\n[profile p]\nregion=eu-west-2\n"
                         "aws_access_key_id = CONFIGID\naws_secret_access_key = cs\n");
    assert_int_equal(load(NULL, &c, &err), AS_OK);
    assert_string_equal(c.credentials.access_key_id, "ENVID");
    assert_string_equal(c.credentials.session_token, "token");
    assert_string_equal(c.credentials.provider, "environment");
    assert_string_equal(c.region, "eu-west-1");
    as_aws_config_fini(&c);
    assert_int_equal(load("p", &c, &err), AS_OK);
    assert_string_equal(c.credentials.access_key_id, "PID");
    assert_string_equal(c.credentials.secret, "ps");
    assert_null(c.credentials.session_token);
    assert_string_equal(c.region, "eu-west-2");
    as_aws_config_fini(&c);
    setenv("AWS_PROFILE", "p", 1);
    setenv("AWS_DEFAULT_REGION", "ap-1", 1);
    assert_int_equal(load(NULL, &c, &err), AS_OK);
    assert_string_equal(c.credentials.access_key_id, "ENVID");
    assert_string_equal(c.profile, "p");
    assert_string_equal(c.region, "ap-1");
    as_aws_config_fini(&c);
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    unlink(file_in_folder("credentials"));
    assert_int_equal(load(NULL, &c, &err), AS_OK);
    assert_string_equal(c.credentials.access_key_id, "CONFIGID");
    assert_string_equal(c.credentials.provider, "config file");
    as_aws_config_fini(&c);
}

static void endpoint_follows_the_documented_order(void **state)
{
    (void)state;
    struct as_error err;
    struct as_aws_config c;
    struct as_aws_options o = {.no_sign_request = true};
    write_file("config", "[default]\nendpoint_url = http://profile\nservices = mine\nca_bundle=/c\n"
                         "s3 =\n    addressing_style = path\n    max_concurrent_requests = 5\n"
                         "[services mine]\nsqs =\n  endpoint_url = http://no\n"
                         "s3 =\n  endpoint_url = http://services\n");
    static const struct {
        const char *variable, *value, *expected;
    } steps[] = {
        {NULL, NULL, "http://services"},
        {"AWS_ENDPOINT_URL", "http://all", "http://all"},
        {"AWS_ENDPOINT_URL_S3", "http://s3", "http://s3"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", NULL},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(steps); i++) {
        if (steps[i].variable != NULL) {
            setenv(steps[i].variable, steps[i].value, 1);
        }
        assert_int_equal(as_aws_config_load(&o, &c, &err), AS_OK);
        if (steps[i].expected == NULL) {
            assert_null(c.endpoint_url);
        } else {
            assert_string_equal(c.endpoint_url, steps[i].expected);
        }
        assert_string_equal(c.addressing_style, "path");
        assert_string_equal(c.ca_bundle, "/c");
        as_aws_config_fini(&c);
    }
    o.endpoint_url = "http://option";
    o.region = "r";
    assert_int_equal(as_aws_config_load(&o, &c, &err), AS_OK);
    assert_string_equal(c.endpoint_url, "http://option");
    assert_string_equal(c.region, "r");
    as_aws_config_fini(&c);
}

static enum as_status count_setting(void *context, const struct as_ini_setting *s)
{
    unsigned *count = context;
    assert_true(s->key.len != 0);
    ++*count;
    return AS_OK;
}

static void files_of_odd_form_are_read_as_the_sdks_do(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum as_status status;
        unsigned count, line;
    } cases[] = {
        {"", AS_OK, 0, 0},
        {"\xef\xbb\xbf[a]\r\nk = v\r\n", AS_OK, 1, 0},
        {"k = v\n", AS_OK, 0, 0},
        {"[a]\n; c\n# c\n\n  \nk=v", AS_OK, 1, 0},
        {"[a] # c\nk = v = w\n", AS_OK, 1, 0},
        {"[a]\ns3 =\n  x = 1\n  y = 2\nk = v\n  more\n", AS_OK, 4, 0},
        {"[a\n", AS_E_CORRUPT, 0, 1},
        {"[a] b\n", AS_E_CORRUPT, 0, 1},
        {"[a]\n= v\n", AS_E_CORRUPT, 0, 2},
        {"[a]\nword\n", AS_E_CORRUPT, 0, 2},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        unsigned count = 0;
        unsigned line = 0;
        assert_int_equal(as_ini_read(as_slice_of(cases[i].text), count_setting, &count, &line),
                         cases[i].status);
        assert_int_equal(count, cases[i].count);
        assert_int_equal(line, cases[i].line);
    }
}

static void allocation_failing_anywhere_leaks_nothing(void **state)
{
    (void)state;
    write_file("config", "[default]\nregion = r\nendpoint_url = http://x\n");
    write_file("credentials", "[default]\naws_access_key_id = i\naws_secret_access_key = s\n");
    int64_t live = as_mem_live();
    for (uint64_t n = 0;; n++) {
        struct as_aws_config c;
        struct as_error err;
        as_mem_fail_after(n);
        enum as_status status = load(NULL, &c, &err);
        as_mem_fail_after(UINT64_MAX);
        if (status == AS_OK) {
            assert_true(n > 5);
            as_aws_config_fini(&c);
            assert_int_equal(as_mem_live(), live);
            return;
        }
        assert_int_equal(status, AS_E_NO_MEMORY);
        assert_int_equal(as_mem_live(), live);
    }
}

#define CLEAN(test) cmocka_unit_test_setup_teardown(test, clean_environment, remove_files)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN(no_credentials_say_how_to_export_them),
        CLEAN(profile_that_needs_more_is_refused_by_name),
        CLEAN(half_a_pair_is_an_error_and_shows_no_secret),
        CLEAN(environment_wins_unless_a_profile_is_named),
        CLEAN(endpoint_follows_the_documented_order),
        CLEAN(files_of_odd_form_are_read_as_the_sdks_do),
        CLEAN(allocation_failing_anywhere_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
