/* SPDX-License-Identifier: Apache-2.0
 * The file source: what cannot be listed or read is told, order is byte order of keys whatever the
 * memory of the walk, a changed file is never handed out as one version. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/reason.h"
#include "io/file/file_source.h"
#include "io/file/file_walk.h"

#define KEYS_MAX 512

struct collected {
    struct as_object *objects[KEYS_MAX];
    size_t count;
    size_t stop_after;
};

struct folder {
    char path[PATH_MAX];
};

static enum as_status collect(void *context, struct as_object *o)
{
    struct collected *c = context;
    if (c->count == c->stop_after || c->count == KEYS_MAX) {
        return AS_E_CANCELLED;
    }
    c->objects[c->count++] = o;
    return AS_OK;
}

static void release(struct collected *c)
{
    for (size_t i = 0; i < c->count; i++) {
        as_object_free(c->objects[i]);
    }
    c->count = 0;
}

static int make_folder(void **state)
{
    struct folder *f = as_calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    assert_true(snprintf(f->path, sizeof f->path, "%s/assay-io-XXXXXX",
                         base == NULL ? P_tmpdir : base) > 0);
    assert_non_null(mkdtemp(f->path));
    *state = f;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *f = *state;
    char command[PATH_MAX + 64];
    assert_true(snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", f->path,
                         f->path) > 0);
    int rc = system(command);
    as_free(f);
    return rc;
}

static const char *below(const struct folder *f, const char *name)
{
    static char path[PATH_MAX + 512];
    assert_true(snprintf(path, sizeof path, "%s/%s", f->path, name) > 0);
    return path;
}

static void write_file(const struct folder *f, const char *name, const char *text)
{
    int fd = open(below(f, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void list_all(const char *path, const char *skip, struct collected *c)
{
    struct as_source *s = NULL;
    struct as_error err;
    c->stop_after = KEYS_MAX;
    assert_int_equal(as_file_source_new(path, skip, &s, &err), AS_OK);
    assert_int_equal(s->ops->list(s, collect, c, NULL, &err), AS_OK);
    as_source_free(s);
}

static void target_missing_or_output_folder_is_an_error(void **state)
{
    struct folder *f = *state;
    struct as_source *s = NULL;
    struct as_error err;
    assert_int_equal(as_file_source_new(below(f, "none"), NULL, &s, &err), AS_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "none"));
    assert_int_equal(as_file_source_new(f->path, f->path, &s, &err), AS_E_USAGE);
    assert_null(s);
}

static void folder_with_hostile_names_lists_in_byte_order(void **state)
{
    struct folder *f = *state;
    static const char *const expected[] = {"\x01\n", "-rf", "a b",      "a!",      "a-b",
                                           "a.txt",  "a/0", "a/b/c",    "a/z",     "a0",
                                           "abc",    "z",   "\xc3\xa4", "\xff\xfe"};
    assert_int_equal(mkdir(below(f, "a"), 0700), 0);
    assert_int_equal(mkdir(below(f, "a/b"), 0700), 0);
    assert_int_equal(mkdir(below(f, "empty"), 0700), 0);
    for (size_t i = 0; i < AS_ARRAY_SIZE(expected); i++) {
        write_file(f, expected[AS_ARRAY_SIZE(expected) - 1 - i], "x");
    }
    struct collected c = {0};
    list_all(f->path, NULL, &c);
    assert_int_equal(c.count, AS_ARRAY_SIZE(expected));
    for (size_t i = 0; i < c.count; i++) {
        assert_string_equal((const char *)c.objects[i]->key.ptr, expected[i]);
        assert_int_equal(c.objects[i]->size, 1);
        assert_int_equal(c.objects[i]->skip_reason, AS_REASON_NONE);
    }
    release(&c);
}

static void folder_listed_in_small_windows_gives_the_same_keys(void **state)
{
    struct folder *f = *state;
    static const size_t windows[] = {1, 40, 100, 1000, 20000, 0};
    struct as_error err;
    for (unsigned i = 0; i < 300; i++) {
        char name[64];
        unsigned n = i * 7919U % 300U;
        if (n % 10 == 0) {
            assert_true(snprintf(name, sizeof name, "d%u", n) > 0);
            assert_int_equal(mkdir(below(f, name), 0700), 0);
            assert_true(snprintf(name, sizeof name, "d%u/file", n) > 0);
        } else {
            assert_true(snprintf(name, sizeof name, "d%u-%u", n / 10 * 10, n) > 0);
        }
        write_file(f, name, "");
    }
    int fd = open(f->path, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    for (size_t i = 0; i < AS_ARRAY_SIZE(windows); i++) {
        struct collected c = {.stop_after = KEYS_MAX};
        struct as_file_walk_options o = {.root_fd = fd,
                                         .root_path = f->path,
                                         .window_bytes = windows[i],
                                         .emit = collect,
                                         .context = &c};
        assert_int_equal(as_file_walk(&o, &err), AS_OK);
        assert_int_equal(c.count, 300);
        for (size_t k = 1; k < c.count; k++) {
            assert_true(as_slice_compare(c.objects[k - 1]->key, c.objects[k]->key) < 0);
        }
        release(&c);
    }
    close(fd);
}

static void unreadable_and_special_entries_leave_with_their_reason(void **state)
{
    struct folder *f = *state;
    struct collected c = {0};
    assert_int_equal(mkfifo(below(f, "fifo"), 0600), 0);
    assert_int_equal(symlink("nowhere", below(f, "link")), 0);
    assert_int_equal(symlink("/", below(f, "root-link")), 0);
    assert_int_equal(mkdir(below(f, "shut"), 0000), 0);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(fd >= 0);
    assert_true(snprintf(address.sun_path, sizeof address.sun_path, "%s/sock", f->path) > 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    list_all(f->path, NULL, &c);
    close(fd);
    bool all_powerful = geteuid() == 0; /* may read any folder: then "shut/" is just empty */
    assert_int_equal(c.count, all_powerful ? 4 : 5);
    assert_int_equal(c.objects[0]->skip_reason, AS_REASON_UNSUPPORTED_FILE_KIND);
    assert_int_equal(c.objects[1]->skip_reason, AS_REASON_SYMBOLIC_LINK_NOT_FOLLOWED);
    assert_int_equal(c.objects[2]->skip_reason, AS_REASON_SYMBOLIC_LINK_NOT_FOLLOWED);
    if (!all_powerful) {
        assert_string_equal((const char *)c.objects[3]->key.ptr, "shut/");
        assert_int_equal(c.objects[3]->skip_reason, AS_REASON_PERMISSION_DENIED);
    }
    assert_int_equal(c.objects[c.count - 1]->skip_reason, AS_REASON_UNSUPPORTED_FILE_KIND);
    release(&c);
}

static void folder_too_deep_leaves_with_a_reason_and_the_rest_is_listed(void **state)
{
    struct folder *f = *state;
    struct collected c = {0};
    int fd = open(f->path, O_RDONLY | O_DIRECTORY);
    for (unsigned i = 0; i < AS_FILE_DEPTH_MAX + 5; i++) {
        assert_int_equal(mkdirat(fd, "d", 0700), 0);
        int next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
        assert_true(next >= 0);
        close(fd);
        fd = next;
    }
    close(fd);
    write_file(f, "zz", "x");
    list_all(f->path, NULL, &c);
    assert_int_equal(c.count, 2);
    assert_int_equal(c.objects[0]->skip_reason, AS_REASON_SOURCE_READ_ERROR);
    assert_int_equal(c.objects[0]->key.len, AS_FILE_DEPTH_MAX * 2);
    assert_string_equal((const char *)c.objects[1]->key.ptr, "zz");
    release(&c);
}

static void output_folder_inside_the_target_is_not_listed(void **state)
{
    struct folder *f = *state;
    struct collected c = {0};
    char skip[PATH_MAX];
    assert_int_equal(mkdir(below(f, "out"), 0700), 0);
    write_file(f, "out/results", "x");
    write_file(f, "out.txt", "x");
    assert_true(snprintf(skip, sizeof skip, "%s", below(f, "out")) > 0);
    list_all(f->path, skip, &c);
    assert_int_equal(c.count, 1);
    assert_string_equal((const char *)c.objects[0]->key.ptr, "out.txt");
    release(&c);
}

static void listing_stopped_by_its_receiver_returns_its_status(void **state)
{
    struct folder *f = *state;
    struct collected c = {.stop_after = 1};
    struct as_source *s = NULL;
    struct as_error err;
    write_file(f, "a", "x");
    write_file(f, "b", "x");
    int64_t live = as_mem_live();
    assert_int_equal(as_file_source_new(f->path, NULL, &s, &err), AS_OK);
    assert_int_equal(s->ops->list(s, collect, &c, NULL, &err), AS_E_CANCELLED);
    assert_int_equal(c.count, 1);
    release(&c);
    struct as_cancel cancel = {true};
    c.stop_after = KEYS_MAX;
    assert_int_equal(s->ops->list(s, collect, &c, &cancel, &err), AS_E_CANCELLED);
    as_source_free(s);
    release(&c);
    assert_int_equal(as_mem_live(), live);
}

static void allocation_failing_anywhere_is_reported_and_leaks_nothing(void **state)
{
    struct folder *f = *state;
    assert_int_equal(mkdir(below(f, "d"), 0700), 0);
    write_file(f, "d/one", "x");
    write_file(f, "two", "x");
    int64_t live = as_mem_live();
    for (uint64_t n = 0;; n++) {
        struct collected c = {.stop_after = KEYS_MAX};
        struct as_source *s = NULL;
        struct as_error err;
        as_mem_fail_after(n);
        enum as_status status = as_file_source_new(f->path, NULL, &s, &err);
        if (status == AS_OK) {
            status = s->ops->list(s, collect, &c, NULL, &err);
        }
        as_mem_fail_after(UINT64_MAX);
        size_t count = c.count;
        as_source_free(s);
        release(&c);
        assert_int_equal(as_mem_live(), live);
        if (status == AS_OK) {
            assert_int_equal(count, 2);
            assert_true(n > 5);
            return;
        }
        assert_int_equal(status, AS_E_NO_MEMORY);
    }
}

static struct as_stream *open_only(struct as_source **out_source, const char *path,
                                   struct collected *c)
{
    struct as_error err;
    struct as_stream *stream = NULL;
    c->stop_after = KEYS_MAX;
    assert_int_equal(as_file_source_new(path, NULL, out_source, &err), AS_OK);
    struct as_source *s = *out_source;
    assert_int_equal(s->ops->list(s, collect, c, NULL, &err), AS_OK);
    assert_int_equal(c->count, 1);
    assert_int_equal(s->ops->open(s, c->objects[0], 0, &stream, &err), AS_OK);
    return stream;
}

static void file_read_in_order_and_out_of_order_gives_its_bytes(void **state)
{
    struct folder *f = *state;
    struct collected c = {0};
    struct as_source *s = NULL;
    struct as_error err;
    char buf[16];
    size_t got = 9;
    write_file(f, "data", "0123456789");
    struct as_stream *stream = open_only(&s, below(f, "data"), &c);
    assert_string_equal((const char *)c.objects[0]->key.ptr, "data");
    assert_int_equal(as_stream_read(stream, buf, 4, &got, &err), AS_OK);
    assert_int_equal(got, 4);
    assert_int_equal(stream->ops->read_at(stream, 8, buf, 16, &got, &err), AS_OK);
    assert_int_equal(got, 2);
    assert_memory_equal(buf, "89", 2);
    assert_int_equal(stream->ops->read_at(stream, UINT64_MAX, buf, 16, &got, &err), AS_OK);
    assert_int_equal(got, 0);
    assert_int_equal(as_stream_read_full(stream, buf, 16, &got, &err), AS_OK);
    assert_int_equal(got, 6);
    assert_memory_equal(buf, "456789", 6);
    struct as_object_version v;
    s->ops->version(s, stream, &v);
    assert_int_equal(v.size, 10);
    assert_null(v.etag);
    as_stream_close(stream);
    as_source_free(s);
    release(&c);
}

static void file_changed_while_read_is_object_changed_ever_after(void **state)
{
    struct folder *f = *state;
    static const char *const changes[] = {"0123", "0123456789abcdef", "9876543210"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(changes); i++) {
        struct collected c = {0};
        struct as_source *s = NULL;
        struct as_error err;
        char buf[16];
        size_t got = 0;
        write_file(f, "data", "0123456789");
        struct timespec old[2] = {{1000, 0}, {1000, 0}};
        assert_int_equal(utimensat(AT_FDCWD, below(f, "data"), old, 0), 0);
        struct as_stream *stream = open_only(&s, below(f, "data"), &c);
        assert_int_equal(as_stream_read(stream, buf, 2, &got, &err), AS_OK);
        write_file(f, "data", changes[i]);
        assert_int_equal(as_stream_read(stream, buf, 16, &got, &err), AS_E_OBJECT_CHANGED);
        assert_int_equal(as_stream_read(stream, buf, 16, &got, &err), AS_E_OBJECT_CHANGED);
        assert_int_equal(stream->ops->read_at(stream, 0, buf, 1, &got, &err), AS_E_OBJECT_CHANGED);
        assert_int_equal(err.status, AS_E_OBJECT_CHANGED);
        as_stream_close(stream);
        as_source_free(s);
        release(&c);
    }
}

static void file_swapped_for_a_link_or_gone_is_not_followed(void **state)
{
    struct folder *f = *state;
    struct collected c = {0};
    struct as_source *s = NULL;
    struct as_stream *stream = NULL;
    struct as_error err;
    assert_int_equal(mkdir(below(f, "d"), 0700), 0);
    write_file(f, "d/a", "x");
    write_file(f, "d/b", "x");
    c.stop_after = KEYS_MAX;
    assert_int_equal(as_file_source_new(f->path, NULL, &s, &err), AS_OK);
    assert_int_equal(s->ops->list(s, collect, &c, NULL, &err), AS_OK);
    assert_int_equal(c.count, 2);
    assert_int_equal(unlink(below(f, "d/a")), 0);
    assert_int_equal(symlink("/etc/passwd", below(f, "d/a")), 0);
    assert_int_equal(unlink(below(f, "d/b")), 0);
    assert_int_equal(s->ops->open(s, c.objects[0], 0, &stream, &err), AS_E_UNSUPPORTED);
    assert_int_equal(s->ops->open(s, c.objects[1], 0, &stream, &err), AS_E_NOT_FOUND);
    assert_null(stream);
    as_source_free(s);
    release(&c);
}

static void standard_input_is_read_once_and_in_order_only(void **state)
{
    (void)state;
    struct collected c = {0};
    struct as_source *s = NULL;
    struct as_stream *again = NULL;
    struct as_error err;
    int ends[2];
    char buf[16];
    size_t got = 0;
    assert_int_equal(pipe(ends), 0);
    int saved = dup(STDIN_FILENO);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    close(ends[1]);
    struct as_stream *stream = open_only(&s, "-", &c);
    assert_string_equal((const char *)c.objects[0]->key.ptr, "-");
    assert_null(stream->ops->read_at);
    assert_int_equal(as_stream_read_full(stream, buf, 16, &got, &err), AS_OK);
    assert_int_equal(got, 5);
    struct as_object_version v;
    s->ops->version(s, stream, &v);
    assert_int_equal(v.size, 5);
    assert_int_equal(s->ops->open(s, c.objects[0], 1, &again, &err), AS_E_IO);
    as_stream_close(stream);
    as_source_free(s);
    release(&c);
    assert_true(dup2(saved, STDIN_FILENO) >= 0);
    close(saved);
    close(ends[0]);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(target_missing_or_output_folder_is_an_error),
        IN_FOLDER(folder_with_hostile_names_lists_in_byte_order),
        IN_FOLDER(folder_listed_in_small_windows_gives_the_same_keys),
        IN_FOLDER(unreadable_and_special_entries_leave_with_their_reason),
        IN_FOLDER(folder_too_deep_leaves_with_a_reason_and_the_rest_is_listed),
        IN_FOLDER(output_folder_inside_the_target_is_not_listed),
        IN_FOLDER(listing_stopped_by_its_receiver_returns_its_status),
        IN_FOLDER(allocation_failing_anywhere_is_reported_and_leaks_nothing),
        IN_FOLDER(file_read_in_order_and_out_of_order_gives_its_bytes),
        IN_FOLDER(file_changed_while_read_is_object_changed_ever_after),
        IN_FOLDER(file_swapped_for_a_link_or_gone_is_not_followed),
        cmocka_unit_test(standard_input_is_read_once_and_in_order_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
