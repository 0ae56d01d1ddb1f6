/* SPDX-License-Identifier: Apache-2.0
 * See console.h. Everything is written with one write(2) a line, so that lines of several processes
 * do not mix and nothing is left in a buffer at a crash. */
#include "cli/console.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/width.h"

#define LINE_MAX_BYTES 2048U
#define COLUMNS_DEFAULT 80U
#define COLUMNS_LEAST 20U

static struct {
    pthread_mutex_t lock;
    bool transient; /* guarded by lock: the last line on the terminal is the transient one */
} s_console = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t columns_of(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
        return size.ws_col;
    }
    const char *text = as_environment("COLUMNS");
    size_t columns = 0;
    for (; text != NULL && *text >= '0' && *text <= '9' && columns < 10000; text++) {
        columns = columns * 10 + (size_t)(*text - '0');
    }
    return columns == 0 ? COLUMNS_DEFAULT : columns;
}

void as_screen_of(int fd, struct as_screen *out)
{
    const char *no_color = as_environment("NO_COLOR");
    const char *term = as_environment("TERM");
    out->terminal = isatty(fd) == 1;
    out->colour = out->terminal && (no_color == NULL || *no_color == '\0') && term != NULL &&
                  strcmp(term, "dumb") != 0;
    out->columns = columns_of(fd);
    if (out->columns < COLUMNS_LEAST) {
        out->columns = COLUMNS_LEAST;
    }
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len != 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static void remove_transient_locked(void)
{
    static const char erase[] = "\r\033[K";
    if (s_console.transient) {
        AS_IGNORE(write_all(STDERR_FILENO, erase, sizeof erase - 1) != 0, "nobody is looking");
        s_console.transient = false;
    }
}

/* One line to standard error. A standard error that cannot be written has nobody to tell. */
static void put_line(const char *prefix, const char *text)
{
    struct as_strbuf line;
    as_strbuf_init(&line, 2 * (size_t)LINE_MAX_BYTES);
    as_strbuf_printf(&line, "assay: %s", prefix);
    as_text_show(&line, as_slice_of(text), SIZE_MAX); /* names in it are foreign text */
    as_strbuf_putc(&line, '\n');
    pthread_mutex_lock(&s_console.lock);
    remove_transient_locked();
    static const char no_memory[] = "assay: error: out of memory\n";
    AS_IGNORE(write_all(STDERR_FILENO, line.failed ? no_memory : line.ptr,
                        line.failed ? sizeof no_memory - 1 : line.len) != 0,
              "nobody is looking");
    pthread_mutex_unlock(&s_console.lock);
    as_strbuf_fini(&line);
}

static void on_log(enum as_log_level level, const char *line)
{
    put_line(level == AS_LOG_ERROR ? "error: " : level == AS_LOG_WARNING ? "warning: " : "", line);
}

void as_console_log_start(bool quiet, bool verbose)
{
    as_log_set(on_log, quiet ? AS_LOG_ERROR : verbose ? AS_LOG_DEBUG : AS_LOG_WARNING);
}

void as_console_message(const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    AS_IGNORE(vsnprintf(text, sizeof text, format, args) < 0, "a cut line is still one");
    va_end(args);
    put_line("", text);
}

void as_console_error(enum as_status status, const struct as_error *err)
{
    bool told = err != NULL && err->message[0] != '\0';
    put_line("error: ", told ? err->message : as_status_text(status));
}

void as_console_transient(const char *line)
{
    char text[LINE_MAX_BYTES];
    int len = snprintf(text, sizeof text, "\r%s\033[K", line);
    pthread_mutex_lock(&s_console.lock);
    if (*line == '\0') {
        remove_transient_locked();
    } else if (len > 0 && (size_t)len < sizeof text) {
        AS_IGNORE(write_all(STDERR_FILENO, text, (size_t)len) != 0, "nobody is looking");
        s_console.transient = true;
    }
    pthread_mutex_unlock(&s_console.lock);
}

enum as_status as_console_write(int fd, const struct as_strbuf *text)
{
    pthread_mutex_lock(&s_console.lock);
    remove_transient_locked();
    pthread_mutex_unlock(&s_console.lock);
    if (text->failed) {
        return AS_E_NO_MEMORY;
    }
    int failed = write_all(fd, text->ptr, text->len);
    return failed == 0 || failed == EPIPE ? AS_OK : AS_E_OUTPUT;
}

int as_console_print(const struct as_strbuf *text, int exit_code)
{
    enum as_status status = as_console_write(STDOUT_FILENO, text);
    if (status == AS_OK) {
        return exit_code;
    }
    as_console_message("error: %s", status == AS_E_OUTPUT ? "standard output cannot be written"
                                                          : as_status_text(status));
    return AS_EXIT_FAULT;
}
