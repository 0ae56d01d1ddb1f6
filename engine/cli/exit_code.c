/* SPDX-License-Identifier: Apache-2.0
 * See exit_code.h. The switch names every status, so that a new one cannot be forgotten: the
 * compiler asks for it. */
#include "cli/exit_code.h"

#include "cli/commands.h"

int as_exit_code_of_status(enum as_status status)
{
    switch (status) {
    case AS_OK:
        return AS_EXIT_OK;
    case AS_E_USAGE:
    case AS_E_NOT_YET:
        return AS_EXIT_USAGE;
    case AS_E_CANCELLED:
        return AS_EXIT_INTERRUPTED;
    case AS_E_OUTPUT:
    case AS_E_CLOSED:
    case AS_E_NO_MEMORY:
    case AS_E_BUG:
    case AS_STATUS_COUNT:
        return AS_EXIT_FAULT;
    case AS_E_THROTTLED:
    case AS_E_NETWORK:
    case AS_E_SERVER:
    case AS_E_TIMEOUT:
    case AS_E_OBJECT_CHANGED:
    case AS_E_NOT_FOUND:
    case AS_E_DENIED:
    case AS_E_OBJECT_STATE:
    case AS_E_ENCRYPTION:
    case AS_E_KMS_KEY:
    case AS_E_IO:
    case AS_E_CORRUPT:
    case AS_E_TRUNCATED:
    case AS_E_LIMIT:
    case AS_E_UNSUPPORTED:
    case AS_E_PROTOCOL:
    case AS_E_NO_BUCKET:
    case AS_E_CREDENTIALS:
    case AS_E_ACCESS_KEY:
    case AS_E_SIGNATURE:
    case AS_E_CLOCK:
        return AS_EXIT_NO_TARGET;
    }
    return AS_EXIT_FAULT;
}

int as_exit_code_with_fail_on(int exit_code, int worst, int fail_on)
{
    if (fail_on == 0 || worst < fail_on) {
        return exit_code;
    }
    return exit_code == AS_EXIT_OK        ? AS_EXIT_FINDINGS
           : exit_code == AS_EXIT_PARTIAL ? AS_EXIT_PARTIAL_FINDINGS
                                          : exit_code;
}
