/* SPDX-License-Identifier: Apache-2.0
 * Finding a vendor's token by its definition's forms, for the checks that then prove more of it.
 * Pure. */
#ifndef AS_DETECTORS_CHECKS_VENDOR_TOKEN_H
#define AS_DETECTORS_CHECKS_VENDOR_TOKEN_H

#include "detectors/checks/token_form.h"

/** ANCHOR: the first form of v->definition that holds the nominee and stands free. Sets the
 * value's bounds. AS_REJECT, AS_ACCEPT or AS_PLACEHOLDER. */
enum as_verdict as_vendor_token_find(struct as_value *v, struct as_token_match *out);
/** ANCHOR, the vendor's name: whether a labelled token of the definition's forms stands behind it;
 * *out is it. Does not change `v`. */
bool as_vendor_token_near(struct as_value *v, struct as_token_match *out);

#endif
