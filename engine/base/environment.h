/* SPDX-License-Identifier: Apache-2.0
 * The one place that reads the process's environment. Nothing in the library or the program ever
 * changes it, which is what makes reading it safe from any thread (POSIX, getenv); a program that
 * uses the library must not either while a run goes on. */
#ifndef AS_BASE_ENVIRONMENT_H
#define AS_BASE_ENVIRONMENT_H

/** The variable's value, or NULL. Valid while nobody changes the environment. */
const char *as_environment(const char *name);

#endif
