/* SPDX-License-Identifier: Apache-2.0
 * The shape sweep in plain C, for x86-64-v2. */
#include "scan/shape_sweep.h"

#define SWEEP_TARGET
#define SIEVE_NAME as_shape_sieve_base
#define SWEEP_NAME as_shape_sweep_base
#define TRAILING_ZEROS(x) ((x) != 0 ? (unsigned)__builtin_ctzll(x) : 64U)
#define LEADING_ZEROS(x) ((x) != 0 ? (unsigned)__builtin_clzll(x) : 64U)
#define LOW_BITS(x, n) ((x) & ((UINT64_C(1) << (n)) - 1)) /* n < 64 */

#include "scan/shape_sweep_kernel.h"
