/* SPDX-License-Identifier: Apache-2.0
 * See file_path.h. A component is at most NAME_MAX bytes; anything longer is ENAMETOOLONG, as the
 * kernel would say. */
#include "io/file/file_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static int open_component(int dir_fd, const uint8_t *name, size_t len, bool directory)
{
    char buffer[NAME_MAX + 1];
    if (len == 0 || len > NAME_MAX) {
        errno = len == 0 ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    memcpy(buffer, name, len);
    buffer[len] = '\0';
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    return openat(dir_fd, buffer, directory ? flags | O_DIRECTORY : flags);
}

int as_file_open_below(int root_fd, struct as_slice relative, bool directory)
{
    int fd = root_fd;
    const uint8_t *at = relative.ptr;
    size_t left = relative.len;
    for (;;) {
        const uint8_t *slash = left == 0 ? NULL : memchr(at, '/', left);
        size_t len = slash == NULL ? left : (size_t)(slash - at);
        int next = open_component(fd, at, len, slash != NULL || directory);
        int saved = errno;
        if (fd != root_fd) {
            close(fd);
        }
        if (next < 0 || slash == NULL) {
            errno = saved;
            return next;
        }
        fd = next;
        at += len + 1;
        left -= len + 1;
    }
}

enum as_status as_file_status_of_errno(int sys_errno)
{
    switch (sys_errno) {
    case ENOENT:
    case ENOTDIR:
        return AS_E_NOT_FOUND;
    case EACCES:
    case EPERM:
        return AS_E_DENIED;
    case ELOOP: /* became a symbolic link */
    case ENXIO: /* became a socket or a pipe */
    case ENODEV:
        return AS_E_UNSUPPORTED;
    case ENOMEM:
        return AS_E_NO_MEMORY;
    default:
        return AS_E_IO;
    }
}
