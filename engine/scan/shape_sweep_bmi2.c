/* SPDX-License-Identifier: Apache-2.0
 * The shape sweep with AVX2, BMI1, BMI2, LZCNT and POPCNT. Called only after planes.c asked the
 * CPU. */
#include <immintrin.h>

#include "scan/shape_sweep.h"

#define SWEEP_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define SIEVE_NAME as_shape_sieve_bmi2
#define SWEEP_NAME as_shape_sweep_bmi2
#define TRAILING_ZEROS(x) ((unsigned)_tzcnt_u64(x))
#define LEADING_ZEROS(x) ((unsigned)_lzcnt_u64(x))
#define LOW_BITS(x, n) _bzhi_u64((x), (n))

#include "scan/shape_sweep_kernel.h"
