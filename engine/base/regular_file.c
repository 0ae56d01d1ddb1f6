/* SPDX-License-Identifier: Apache-2.0
 * See regular_file.h. O_NONBLOCK makes open(2) of a pipe return at once; what was opened is looked
 * at, not the path, so that nothing can be put in its place between. Reading a regular file is the
 * same with O_NONBLOCK and without. */
#include "base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"

enum as_status as_regular_file_open(const char *option, const char *path, int *out_fd,
                                    struct as_error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: %.300s: cannot be opened", option, path);
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        *out_fd = fd;
        return AS_OK;
    }
    AS_IGNORE(close(fd) != 0, "nothing was written");
    return as_fail(err, AS_E_USAGE,
                   "%s: %.300s: is no regular file; folders, devices and pipes (/dev/stdin of a "
                   "pipe and <(...) too) are not read here",
                   option, path);
}
