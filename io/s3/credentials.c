/* SPDX-License-Identifier: Apache-2.0
 * The chain, in botocore's order: environment (dropped by an explicit --profile), then what the
 * profile says: role, web identity, SSO, shared credentials file, process, config file. Test:
 * tests/unit/io/test_credentials.c. */
#include "io/s3/credentials.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/environment.h"
#include "base/mem.h"
#include "io/s3/aws_profile.h"

#define HOW_TO_EXPORT "export them with: eval \"$(aws configure export-credentials --format env)\""

struct chain {
    const struct as_aws_options *options;
    const struct as_profile *profile;
    const char *profile_name;
    struct as_credentials *out;
};

/* *out_found tells whether the provider is configured; AS_OK and not found: ask the next one. */
typedef enum as_status provide_fn(struct chain *c, bool *out_found, struct as_error *err);

static void wipe(char *text)
{
    if (text != NULL) {
        OPENSSL_cleanse(text, strlen(text));
        as_free(text);
    }
}

void as_credentials_fini(struct as_credentials *c)
{
    wipe(c->access_key_id);
    wipe(c->secret);
    wipe(c->session_token);
    *c = (struct as_credentials){0};
}

void as_aws_config_fini(struct as_aws_config *c)
{
    as_credentials_fini(&c->credentials);
    as_free(c->profile);
    as_free(c->region);
    as_free(c->endpoint_url);
    as_free(c->ca_bundle);
    as_free(c->addressing_style);
    *c = (struct as_aws_config){0};
}

/* An empty variable counts as not set, as in the SDKs. */
static const char *variable(const char *name)
{
    const char *value = as_environment(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static enum as_status take(struct chain *c, const char *provider, const char *id,
                           const char *secret, const char *token)
{
    struct as_credentials found = {as_strdup(id), as_strdup(secret), as_strdup(token), provider};
    if (found.access_key_id == NULL || found.secret == NULL ||
        (token != NULL && found.session_token == NULL)) {
        as_credentials_fini(&found);
        return AS_E_NO_MEMORY;
    }
    *c->out = found;
    return AS_OK;
}

static enum as_status take_pair(struct chain *c, const char *provider, const char *const parts[3],
                                bool *out_found, struct as_error *err)
{
    if (parts[0] == NULL && parts[1] == NULL) {
        return AS_OK;
    }
    *out_found = true;
    if (parts[0] == NULL || parts[1] == NULL) {
        return as_fail(err, AS_E_CREDENTIALS,
                       "credentials of the %s are incomplete: the %s is missing", provider,
                       parts[0] == NULL ? "access key id" : "secret access key");
    }
    return take(c, provider, parts[0], parts[1], parts[2]);
}

static enum as_status from_environment(struct chain *c, bool *out_found, struct as_error *err)
{
    if (c->options->profile != NULL) {
        return AS_OK;
    }
    const char *const parts[3] = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                                  variable("AWS_SESSION_TOKEN")};
    return take_pair(c, "environment", parts, out_found, err);
}

static enum as_status refuse(struct chain *c, const char *what, bool *out_found,
                             struct as_error *err)
{
    *out_found = true;
    return as_fail(err, AS_E_CREDENTIALS,
                   "profile %s: %s is not yet supported as a source of credentials; " HOW_TO_EXPORT
                   " --profile %s",
                   c->profile_name, what, c->profile_name);
}

static enum as_status from_role(struct chain *c, bool *out_found, struct as_error *err)
{
    if (c->profile->settings[AS_PROFILE_ROLE_ARN] != NULL) {
        return refuse(c, "role_arn", out_found, err);
    }
    if (c->options->profile == NULL && variable("AWS_ROLE_ARN") != NULL &&
        variable("AWS_WEB_IDENTITY_TOKEN_FILE") != NULL) {
        *out_found = true;
        return as_fail(err, AS_E_CREDENTIALS,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is not yet supported as a source of "
                       "credentials; " HOW_TO_EXPORT);
    }
    return AS_OK;
}

static enum as_status from_sso(struct chain *c, bool *out_found, struct as_error *err)
{
    bool configured = c->profile->settings[AS_PROFILE_SSO_SESSION] != NULL ||
                      c->profile->settings[AS_PROFILE_SSO_START_URL] != NULL;
    return configured ? refuse(c, "SSO (IAM Identity Center)", out_found, err) : AS_OK;
}

static enum as_status from_credentials_file(struct chain *c, bool *out_found, struct as_error *err)
{
    char *const *s = c->profile->settings;
    const char *const parts[3] = {s[AS_PROFILE_FILE_KEY_ID], s[AS_PROFILE_FILE_SECRET],
                                  s[AS_PROFILE_FILE_TOKEN]};
    return take_pair(c, "shared credentials file", parts, out_found, err);
}

static enum as_status from_process(struct chain *c, bool *out_found, struct as_error *err)
{
    bool configured = c->profile->settings[AS_PROFILE_CREDENTIAL_PROCESS] != NULL;
    return configured ? refuse(c, "credential_process", out_found, err) : AS_OK;
}

static enum as_status from_config_file(struct chain *c, bool *out_found, struct as_error *err)
{
    char *const *s = c->profile->settings;
    const char *const parts[3] = {s[AS_PROFILE_CONFIG_KEY_ID], s[AS_PROFILE_CONFIG_SECRET],
                                  s[AS_PROFILE_CONFIG_TOKEN]};
    return take_pair(c, "config file", parts, out_found, err);
}

static enum as_status run_chain(struct chain *c, struct as_error *err)
{
    static provide_fn *const providers[] = {from_environment,      from_role,    from_sso,
                                            from_credentials_file, from_process, from_config_file};
    for (size_t i = 0; i < AS_ARRAY_SIZE(providers); i++) {
        bool found = false;
        AS_TRY(providers[i](c, &found, err));
        if (found) {
            return AS_OK;
        }
    }
    return as_fail(err, AS_E_CREDENTIALS,
                   "no credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor "
                   "profile %s in the shared files has any (roles of instances and containers are "
                   "not yet asked); " HOW_TO_EXPORT
                   ", or pass --no-sign-request for a public bucket",
                   c->profile_name);
}

static enum as_status keep(char **out, const char *value)
{
    *out = as_strdup(value);
    return value != NULL && *out == NULL ? AS_E_NO_MEMORY : AS_OK;
}

/* The first that is set. */
static const char *first_of(const char *a, const char *b, const char *c, const char *d)
{
    return a != NULL ? a : b != NULL ? b : c != NULL ? c : d;
}

static const char *endpoint(const struct as_aws_options *o, const struct as_profile *p)
{
    const char *ignore = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (o->endpoint_url != NULL || (ignore != NULL && strcasecmp(ignore, "true") == 0)) {
        return o->endpoint_url;
    }
    return first_of(variable("AWS_ENDPOINT_URL_S3"), variable("AWS_ENDPOINT_URL"),
                    p->settings[AS_PROFILE_SERVICES_S3_ENDPOINT_URL],
                    p->settings[AS_PROFILE_ENDPOINT_URL]);
}

static enum as_status fill(const struct as_aws_options *o, const struct as_profile *p,
                           struct as_aws_config *c, struct as_error *err)
{
    if (!p->exists && strcmp(c->profile, "default") != 0) {
        return as_fail(err, AS_E_USAGE,
                       "profile %s is in neither the config nor the credentials "
                       "file",
                       c->profile);
    }
    AS_TRY(
        keep(&c->region, first_of(o->region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"),
                                  p->settings[AS_PROFILE_REGION])));
    AS_TRY(keep(&c->endpoint_url, endpoint(o, p)));
    AS_TRY(keep(&c->ca_bundle, first_of(o->ca_bundle, variable("AWS_CA_BUNDLE"),
                                        p->settings[AS_PROFILE_CA_BUNDLE], NULL)));
    AS_TRY(keep(&c->addressing_style, p->settings[AS_PROFILE_ADDRESSING_STYLE]));
    if (o->no_sign_request) {
        c->credentials.provider = "none (unsigned)";
        return AS_OK;
    }
    struct chain chain = {o, p, c->profile, &c->credentials};
    return run_chain(&chain, err);
}

enum as_status as_aws_config_load(const struct as_aws_options *options, struct as_aws_config *out,
                                  struct as_error *err)
{
    struct as_aws_config c = {0};
    struct as_profile p = {.exists = false};
    const char *name = first_of(options->profile, variable("AWS_PROFILE"),
                                variable("AWS_DEFAULT_PROFILE"), "default");
    as_error_clear(err);
    enum as_status status = keep(&c.profile, name);
    if (status == AS_OK) {
        status = as_profile_load(name, &p, err);
    }
    if (status == AS_OK) {
        status = fill(options, &p, &c, err);
    }
    as_profile_fini(&p);
    if (status == AS_E_NO_MEMORY) {
        AS_IGNORE(as_fail(err, status, "out of memory while reading the configuration"), "below");
    }
    if (status != AS_OK) {
        as_aws_config_fini(&c);
        return status;
    }
    *out = c;
    return AS_OK;
}
