/* SPDX-License-Identifier: Apache-2.0
 * One profile of the shared files, read into memory. Part of credentials.h. */
#ifndef AS_IO_AWS_PROFILE_H
#define AS_IO_AWS_PROFILE_H

#include <stdbool.h>

#include "base/error.h"

enum as_profile_setting {
    AS_PROFILE_FILE_KEY_ID, /* of the credentials file */
    AS_PROFILE_FILE_SECRET,
    AS_PROFILE_FILE_TOKEN,
    AS_PROFILE_CONFIG_KEY_ID, /* of the config file */
    AS_PROFILE_CONFIG_SECRET,
    AS_PROFILE_CONFIG_TOKEN,
    AS_PROFILE_REGION,
    AS_PROFILE_ENDPOINT_URL,
    AS_PROFILE_SERVICES, /* name of a services section */
    AS_PROFILE_SERVICES_S3_ENDPOINT_URL,
    AS_PROFILE_CA_BUNDLE,
    AS_PROFILE_ADDRESSING_STYLE,
    AS_PROFILE_ROLE_ARN,
    AS_PROFILE_WEB_IDENTITY_TOKEN_FILE,
    AS_PROFILE_SSO_SESSION,
    AS_PROFILE_SSO_START_URL,
    AS_PROFILE_CREDENTIAL_PROCESS,
    AS_PROFILE_SETTINGS
};

struct as_profile {
    bool exists;
    char *settings[AS_PROFILE_SETTINGS]; /* NULL when not set; owned */
};

/** Reads both files. A file that is not there is none; one that cannot be read or parsed is
 * AS_E_USAGE. */
enum as_status as_profile_load(const char *name, struct as_profile *out,
                               struct as_error *err) AS_MUST_CHECK;
/** Wipes. */
void as_profile_fini(struct as_profile *p);

#endif
