/* SPDX-License-Identifier: Apache-2.0
 * Both shared files are read whole (at most 4 MiB each) and wiped after. The credentials file goes
 * first; within a file the last setting of a name counts. Test: tests/unit/io/test_credentials.c.
 */
#include "io/s3/aws_profile.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "io/s3/aws_ini.h"

#define FILE_BYTES_MAX ((size_t)4 << 20)
#define PATH_BYTES_MAX 8192U

struct reading {
    const char *name;
    bool credentials_file;
    bool services; /* second pass over the config file: the services section */
    struct as_profile *out;
};

struct row {
    const char *parent, *key;
    enum as_profile_setting setting;
};

static void wipe(char **text)
{
    if (*text != NULL) {
        OPENSSL_cleanse(*text, strlen(*text));
        as_free(*text);
        *text = NULL;
    }
}

void as_profile_fini(struct as_profile *p)
{
    for (size_t i = 0; i < AS_PROFILE_SETTINGS; i++) {
        wipe(&p->settings[i]);
    }
}

static enum as_status keep(struct as_profile *p, enum as_profile_setting setting,
                           struct as_slice value)
{
    if (value.len == 0) {
        return AS_OK;
    }
    wipe(&p->settings[setting]);
    p->settings[setting] = as_memdup0(value.ptr, value.len);
    return p->settings[setting] == NULL ? AS_E_NO_MEMORY : AS_OK;
}

static bool is(struct as_slice text, const char *word)
{
    return as_slice_equal(text, as_slice_of(word));
}

static enum as_status keep_profile_setting(struct reading *r, const struct as_ini_setting *s)
{
    static const struct row common[] = {
        {"", "region", AS_PROFILE_REGION},
        {"", "endpoint_url", AS_PROFILE_ENDPOINT_URL},
        {"", "services", AS_PROFILE_SERVICES},
        {"", "ca_bundle", AS_PROFILE_CA_BUNDLE},
        {"s3", "addressing_style", AS_PROFILE_ADDRESSING_STYLE},
        {"", "role_arn", AS_PROFILE_ROLE_ARN},
        {"", "web_identity_token_file", AS_PROFILE_WEB_IDENTITY_TOKEN_FILE},
        {"", "sso_session", AS_PROFILE_SSO_SESSION},
        {"", "sso_start_url", AS_PROFILE_SSO_START_URL},
        {"", "credential_process", AS_PROFILE_CREDENTIAL_PROCESS},
    };
    static const struct row keys[2][3] = {
        {{"", "aws_access_key_id", AS_PROFILE_CONFIG_KEY_ID},
         {"", "aws_secret_access_key", AS_PROFILE_CONFIG_SECRET},
         {"", "aws_session_token", AS_PROFILE_CONFIG_TOKEN}},
        {{"", "aws_access_key_id", AS_PROFILE_FILE_KEY_ID},
         {"", "aws_secret_access_key", AS_PROFILE_FILE_SECRET},
         {"", "aws_session_token", AS_PROFILE_FILE_TOKEN}},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(common); i++) {
        if (is(s->key, common[i].key) && is(s->parent, common[i].parent)) {
            return keep(r->out, common[i].setting, s->value);
        }
    }
    const struct row *own = keys[r->credentials_file ? 1 : 0];
    for (size_t i = 0; i < AS_ARRAY_SIZE(keys[0]); i++) {
        if (is(s->key, own[i].key) && s->parent.len == 0) {
            return keep(r->out, own[i].setting, s->value);
        }
    }
    return AS_OK;
}

static bool is_services_section(struct as_slice section, const char *name)
{
    static const char prefix[] = "services ";
    size_t n = sizeof prefix - 1;
    return section.len > n && memcmp(section.ptr, prefix, n) == 0 &&
           is(as_slice(section.ptr + n, section.len - n), name);
}

static enum as_status on_setting(void *context, const struct as_ini_setting *s)
{
    struct reading *r = context;
    if (r->services) {
        bool wanted = is_services_section(s->section, r->out->settings[AS_PROFILE_SERVICES]) &&
                      is(s->parent, "s3") && is(s->key, "endpoint_url");
        return wanted ? keep(r->out, AS_PROFILE_SERVICES_S3_ENDPOINT_URL, s->value) : AS_OK;
    }
    if (!as_ini_is_profile(s->section, r->name, r->credentials_file)) {
        return AS_OK;
    }
    r->out->exists = true;
    return keep_profile_setting(r, s);
}

/* The variable's value, or the file of that name below ~/.aws. False: there is no home folder. */
static bool file_path(const char *variable, const char *name, struct as_strbuf *out)
{
    const char *given = as_environment(variable);
    const char *home = as_environment("HOME");
    if (given != NULL && given[0] != '\0' && strncmp(given, "~/", 2) != 0) {
        as_strbuf_puts(out, given);
    } else if (home != NULL && home[0] != '\0') {
        as_strbuf_puts(out, home);
        if (given != NULL && given[0] != '\0') {
            as_strbuf_puts(out, given + 1);
        } else {
            as_strbuf_puts(out, "/.aws/");
            as_strbuf_puts(out, name);
        }
    }
    return out->len != 0 && !out->failed;
}

/* *out_len is 0 when there is no such file. *out is to be wiped and freed. */
static enum as_status read_file(const char *path, char **out, size_t *out_len, struct as_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        *out_len = 0;
        return AS_OK;
    }
    if (fd < 0) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be read", path);
    }
    char *text = as_malloc(FILE_BYTES_MAX);
    size_t len = 0;
    ssize_t got = 1;
    while (text != NULL && len < FILE_BYTES_MAX && got > 0) {
        got = read(fd, text + len, FILE_BYTES_MAX - len);
        len += got > 0 ? (size_t)got : 0;
    }
    int saved = errno;
    close(fd);
    if (text == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", path);
    }
    *out = text;
    *out_len = len;
    if (got < 0) {
        return as_fail_errno(err, AS_E_USAGE, saved, "%s: cannot be read", path);
    }
    return len == FILE_BYTES_MAX ? as_fail(err, AS_E_USAGE, "%s: is too long", path) : AS_OK;
}

static enum as_status parse(struct reading *r, struct as_slice text, const char *path,
                            struct as_error *err)
{
    unsigned line = 0;
    enum as_status status = as_ini_read(text, on_setting, r, &line);
    if (status == AS_OK && !r->credentials_file && r->out->settings[AS_PROFILE_SERVICES] != NULL) {
        r->services = true;
        status = as_ini_read(text, on_setting, r, &line);
    }
    if (status == AS_E_CORRUPT) {
        return as_fail(err, AS_E_USAGE,
                       "%s: line %u is neither a [section], a setting nor a comment", path, line);
    }
    return status == AS_OK ? AS_OK : as_fail(err, status, "%s: out of memory", path);
}

static enum as_status load_file(const char *name, bool credentials_file, struct as_profile *out,
                                struct as_error *err)
{
    struct reading r = {.name = name, .credentials_file = credentials_file, .out = out};
    struct as_strbuf path;
    as_strbuf_init(&path, PATH_BYTES_MAX);
    enum as_status status = AS_OK;
    if (file_path(credentials_file ? "AWS_SHARED_CREDENTIALS_FILE" : "AWS_CONFIG_FILE",
                  credentials_file ? "credentials" : "config", &path)) {
        char *text = NULL;
        size_t len = 0;
        status = read_file(path.ptr, &text, &len, err);
        if (status == AS_OK && len != 0) {
            status = parse(&r, as_slice(text, len), path.ptr, err);
        }
        if (text != NULL) {
            OPENSSL_cleanse(text, len);
            as_free(text);
        }
    }
    if (path.failed) {
        status = as_fail(err, AS_E_NO_MEMORY, "out of memory while reading the configuration");
    }
    as_strbuf_fini(&path);
    return status;
}

enum as_status as_profile_load(const char *name, struct as_profile *out, struct as_error *err)
{
    struct as_profile p = {.exists = false};
    enum as_status status = load_file(name, true, &p, err);
    if (status == AS_OK) {
        status = load_file(name, false, &p, err);
    }
    if (status != AS_OK) {
        as_profile_fini(&p);
        return status;
    }
    *out = p;
    return AS_OK;
}
