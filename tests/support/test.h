/* SPDX-License-Identifier: Apache-2.0
 * cmocka with the headers that it needs before it, in the order that it needs them. Every unit test
 * includes this first. */
#ifndef AS_TESTS_TEST_H
#define AS_TESTS_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
