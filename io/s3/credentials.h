/* SPDX-License-Identifier: Apache-2.0
 * Credentials and settings as the AWS CLI takes them: a chain of providers, the first that yields
 * wins, one that is configured and cannot be used is an error and never passed over. Source: AWS
 * SDKs and Tools reference guide; botocore's order of providers.
 *
 * Providers now: environment, shared files. What a profile asks for beyond that (role, SSO, web
 * identity, process) and the metadata services are told as such, with the command that exports
 * credentials. Adding a provider is one row in the table of credentials.c. */
#ifndef AS_IO_CREDENTIALS_H
#define AS_IO_CREDENTIALS_H

#include <stdbool.h>

#include "base/error.h"

struct as_credentials {
    char *access_key_id; /* NULL: anonymous */
    char *secret;
    char *session_token;  /* or NULL */
    const char *provider; /* "environment", "shared credentials file", …; static */
};
/** Wipes. */
void as_credentials_fini(struct as_credentials *c);

struct as_aws_options {
    const char *profile; /* NULL: AWS_PROFILE, AWS_DEFAULT_PROFILE, "default" */
    const char *region, *endpoint_url, *ca_bundle; /* NULL: environment, then profile */
    bool no_sign_request;
};

/** What is in force; strings are owned. */
struct as_aws_config {
    struct as_credentials credentials;
    char *profile;
    char *region;           /* NULL when nobody said */
    char *endpoint_url;     /* NULL: AWS */
    char *ca_bundle;        /* NULL: the system's */
    char *addressing_style; /* the profile's s3.addressing_style, or NULL */
};
/** AS_E_CREDENTIALS: none, or none that can be used; AS_E_USAGE: no such profile, or a file that
 * cannot be read. */
enum as_status as_aws_config_load(const struct as_aws_options *options, struct as_aws_config *out,
                                  struct as_error *err) AS_MUST_CHECK;
void as_aws_config_fini(struct as_aws_config *c);

#endif
