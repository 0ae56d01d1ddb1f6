/* SPDX-License-Identifier: Apache-2.0
 * Compiler attributes and the few macros that the whole project shares. Nothing else may name a
 * compiler attribute directly. */
#ifndef AS_BASE_ATTR_H
#define AS_BASE_ATTR_H

#define AS_MUST_CHECK __attribute__((warn_unused_result))
#define AS_PRINTF(format_index, first_arg) __attribute__((format(printf, format_index, first_arg)))
#define AS_NONNULL __attribute__((nonnull))
#define AS_NORETURN __attribute__((noreturn))
#define AS_HOT __attribute__((hot))
#define AS_COLD __attribute__((cold))
#define AS_INLINE static inline __attribute__((always_inline))
/** Compile one function for more than the baseline: AS_TARGET("avx2"). Call it only where the CPU
 * has it. */
#define AS_TARGET(isa) __attribute__((target(isa)))
#define AS_ALIGNED(bytes) __attribute__((aligned(bytes)))
#define AS_LIKELY(x) __builtin_expect(!!(x), 1)
#define AS_UNLIKELY(x) __builtin_expect(!!(x), 0)
/** Run cleanup_fn(&variable) when the variable leaves its scope. */
#define AS_CLEANUP(cleanup_fn) __attribute__((cleanup(cleanup_fn)))
#define AS_ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
/** The only way to drop a must-check result; the reason is for the reader. */
#define AS_IGNORE(expression, reason) ((void)((expression) ? 1 : 0))
/** Return early with the status of a failed call. */
#define AS_TRY(expression)                                                                         \
    do {                                                                                           \
        enum as_status as_try_status = (expression);                                               \
        if (AS_UNLIKELY(as_try_status != AS_OK)) {                                                 \
            return as_try_status;                                                                  \
        }                                                                                          \
    } while (0)

#endif
